using System.CommandLine;
using System.Globalization;
using Tcpwhy.Cli.Ui;

namespace Tcpwhy.Cli.Commands;

/// <summary>Options that take a whole number within bounds.</summary>
internal static class WholeNumber
{
    public static Option<int> Option(Session session, string name, string description, int otherwise, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            string given = result.Tokens[0].Value;
            if (!int.TryParse(given, NumberStyles.None, null, out int number) || number < least || number > most)
                result.AddError(session.Talk.T("{0} takes a number from {1} to {2}, not '{3}'", name, least, most, given));
            return number;
        },
    };
}
