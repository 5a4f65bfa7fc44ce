using System.CommandLine;
using System.Globalization;
using Tcpwhy.Cli.Ui;

namespace Tcpwhy.Cli.Commands;

/// <summary>Sizes as people write them: 500, 64k, 16MiB. k, M and G are of 1000, Ki, Mi and Gi of 1024; a B may follow.</summary>
internal static class Size
{
    /// <summary>Reads a number of bytes, 0 or more.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        ReadOnlySpan<char> unit = text.AsSpan(digits);
        if (unit is [.., 'B' or 'b'])
            unit = unit[..^1];
        double factor = unit switch
        {
            "" => 1,
            "k" or "K" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "Ki" => 1 << 10,
            "Mi" => 1 << 20,
            "Gi" => 1 << 30,
            _ => 0,
        };
        if (factor == 0 || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return false;
        number *= factor;
        bytes = (long)number;
        return number <= 1L << 50 && number == bytes;
    }

    /// <summary>An option that takes a size.</summary>
    public static Option<long> Option(Session session, string name, string description, long otherwise) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            string given = result.Tokens[0].Value;
            if (!TryParse(given, out long bytes))
                result.AddError(session.Talk.T("{0} takes a size as 500, 64k or 16MiB, not '{1}'", name, given));
            return bytes;
        },
    };
}
