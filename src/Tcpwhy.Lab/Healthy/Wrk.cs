using System.Globalization;
using System.Text.RegularExpressions;
using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>The load generator wrk.</summary>
internal static partial class Wrk
{
    /// <summary>Loads a service over so many connections; <paramref name="headers"/> as <c>Connection: close</c>.</summary>
    public static async Task<HealthyRun> RunAsync(Host host, Endpoint service, int connections, TimeSpan duration, CancellationToken ct, params string[] headers)
    {
        // wrk counts in whole seconds.
        int seconds = Math.Max(1, (int)Math.Round(duration.TotalSeconds));
        string output = await host.RunAsync(
            ["wrk", "-t1", $"-c{connections}", $"-d{seconds}s", .. headers.SelectMany(header => new[] { "-H", header }), $"http://{service}/"], ct);
        Match errors = Errors().Match(output);
        return new HealthyRun(service, Number(Requests().Match(output).Groups[1]), errors.Groups.Values.Skip(1).Sum(Number));
    }

    static long Number(Group group) => group.Success ? long.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();

    // wrk counts a reply with "Connection: close" that ends by FIN as a read error in some versions; it prints the line only then.
    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex Errors();
}
