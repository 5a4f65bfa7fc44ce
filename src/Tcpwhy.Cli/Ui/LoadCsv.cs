using System.Globalization;
using Tcpwhy.Loading;

namespace Tcpwhy.Cli.Ui;

/// <summary>A load's outcome as a line of names and a line of values, for a spreadsheet.</summary>
internal static class LoadCsv
{
    public static void Write(LoadOutcome outcome, TextWriter output)
    {
        LoadResult result = outcome.Result;
        List<(string Name, string Value)> cells =
        [
            ("target", outcome.Target.Text),
            ("attempts", Of(result.Attempts)),
            ("failures", Of(result.Counts.Failed)),
            ("failure_share", Of(result.FailureShare)),
            ("requests", Of(result.Counts.Requests)),
            ("requests_per_second", Of(result.RequestsPerSecond)),
            ("connections_per_second", Of(result.ConnectionsPerSecond)),
            ("bytes_sent", Of(result.Counts.BytesSent)),
            ("bytes_received", Of(result.Counts.BytesReceived)),
            ("seconds", Of(result.Length.TotalSeconds)),
            .. Times("latency", result.Counts.Latency),
            .. Times("connect", result.Counts.Connect),
            ("limited_by", result.LimitedBy == LoadLimit.None ? "" : $"{result.LimitedBy}".ToLowerInvariant()),
            ("failures_by_cause", string.Join(' ', outcome.Causes.Select(cause => $"{cause.Cause}={Of(cause.Count)}"))),
        ];
        output.WriteLine(string.Join(',', cells.Select(cell => cell.Name)));
        output.WriteLine(string.Join(',', cells.Select(cell => Quoted(Escape.Visible(cell.Value)))));
    }

    private static IEnumerable<(string, string)> Times(string what, Histogram times)
    {
        bool any = times.Count > 0;
        yield return ($"{what}_mean_seconds", any ? Of(times.Mean.TotalSeconds) : "");
        foreach ((string name, double share) in LoadPercentiles.All)
            yield return ($"{what}_{name}_seconds", any ? Of(times.Percentile(share).TotalSeconds) : "");
        yield return ($"{what}_max_seconds", any ? Of(times.Max.TotalSeconds) : "");
    }

    private static string Of(double number) => number.ToString("0.#########", CultureInfo.InvariantCulture);

    private static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    // A spreadsheet takes a cell that begins with one of these for a formula.
    private static string Quoted(string value) =>
        value.Length > 0 && value[0] is '=' or '+' or '-' or '@' ? $"\"'{value.Replace("\"", "\"\"")}\""
        : value.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{value.Replace("\"", "\"\"")}\"" : value;
}

/// <summary>The percentiles that are told.</summary>
internal static class LoadPercentiles
{
    public static readonly (string Name, double Share)[] All = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)];
}
