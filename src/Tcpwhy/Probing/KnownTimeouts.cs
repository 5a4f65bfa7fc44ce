using System.Globalization;

namespace Tcpwhy.Probing;

/// <summary>The idle timeouts that well-known products come with: known-timeouts.txt, which says how it is written.</summary>
public static class KnownTimeouts
{
    private const int Fields = 7;

    // What can be waited for: 292 years would overflow a TimeSpan, ten years is a mistake.
    private const double LongestSeconds = 10 * 365 * 86_400.0;

    private static readonly Lazy<IReadOnlyList<KnownTimeout>> Embedded = new(() =>
    {
        using Stream lines = typeof(KnownTimeouts).Assembly.GetManifestResourceStream("probing/known-timeouts.txt")!;
        return Read(new StreamReader(lines), "known-timeouts.txt");
    });

    /// <summary>Every one, in the order of the file.</summary>
    public static IReadOnlyList<KnownTimeout> All => Embedded.Value;

    /// <summary>The default of a product, the shortest when its versions differ.</summary>
    /// <exception cref="InvalidOperationException">The table does not have it.</exception>
    public static TimeSpan Of(string product, TimeoutSide side) =>
        All.Where(one => one.Product == product && one.Side == side).Min(one => one.Default)
        ?? throw new InvalidOperationException($"known-timeouts.txt has no default of '{product}' as {side}");

    /// <summary>Reads a table of timeouts; empty lines and those that begin with # are passed over.</summary>
    /// <exception cref="InvalidDataException">A line is malformed or stands twice: names the file, the line and the field.</exception>
    public static IReadOnlyList<KnownTimeout> Read(TextReader lines, string file)
    {
        List<KnownTimeout> all = [];
        HashSet<(string, string?, TimeoutSide, IdleEnd, string?)> seen = [];
        for (int number = 1; lines.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            KnownTimeout one = Parse(line, $"{file}:{number}");
            if (!seen.Add((one.Product, one.Versions, one.Side, one.How, one.Setting)))
                throw new InvalidDataException($"{file}:{number}: {one.Product} has this setting on an earlier line");
            all.Add(one);
        }
        return all;
    }

    private static KnownTimeout Parse(string line, string place)
    {
        string[] fields = line.Split('|', StringSplitOptions.TrimEntries);
        if (fields.Length != Fields)
            throw new InvalidDataException($"{place}: {fields.Length} fields instead of {Fields}: product | versions | side | how | default | setting | source");
        for (int i = 0; i < Fields; i++)
        {
            if (fields[i].Length == 0 || fields[i].AsSpan().ContainsAnyInRange('\0', '\x1f'))
                throw new InvalidDataException($"{place}: field {i + 1} is empty or has control characters");
        }
        return new KnownTimeout(
            fields[0],
            fields[1] == "*" ? null : fields[1],
            fields[2] switch
            {
                "server" => TimeoutSide.Server,
                "first-request" => TimeoutSide.FirstRequest,
                "pool" => TimeoutSide.Pool,
                "path" => TimeoutSide.Path,
                "unanswered" => TimeoutSide.Unanswered,
                _ => throw new InvalidDataException($"{place}: side '{fields[2]}' is none of server, first-request, pool, path, unanswered"),
            },
            fields[3] switch
            {
                "fin" => IdleEnd.Fin,
                "reset" => IdleEnd.Reset,
                "reset-on-use" => IdleEnd.ResetOnUse,
                "silence" => IdleEnd.Silence,
                _ => throw new InvalidDataException($"{place}: how '{fields[3]}' is none of fin, reset, reset-on-use, silence"),
            },
            fields[4] == "never" ? null : Seconds(fields[4], place),
            fields[5] == "fixed" ? null : fields[5],
            fields[6]);
    }

    private static TimeSpan Seconds(string text, string place) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= LongestSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidDataException($"{place}: default '{text}' is no number of seconds above 0 and no 'never'");
}
