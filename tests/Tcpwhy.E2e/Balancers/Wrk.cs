using System.Globalization;
using System.Text.RegularExpressions;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Balancers;

/// <summary>What wrk counted.</summary>
/// <param name="Refused">Answers with another status than 2xx and 3xx.</param>
/// <param name="Errors">Connections that broke or timed out.</param>
sealed partial record Wrk(long Requests, long Refused, long Errors)
{
    public long Failed => Refused + Errors;

    /// <summary>Loads a URL for whole seconds.</summary>
    public static async Task<Wrk> RunAsync(Host host, string url, int connections, int seconds, params string[] more)
    {
        string output = await host.RunAsync(["wrk", "-t1", $"-c{connections}", $"-d{seconds}s", .. more, url], TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        return new Wrk(Number(Answered().Match(output)), Number(Not2xx().Match(output)), Broken().Match(output).Groups.Values.Skip(1).Sum(Number));
    }

    private static long Number(Match match) => Number(match.Groups[1]);

    private static long Number(Group group) => group.Success ? long.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Answered();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Not2xx();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex Broken();
}
