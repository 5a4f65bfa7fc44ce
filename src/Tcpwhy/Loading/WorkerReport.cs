using System.Text.Json.Serialization;
using Tcpwhy.Attempts;
using Tcpwhy.Sources.Recordings;

namespace Tcpwhy.Loading;

/// <summary>What a worker process has counted so far, and the failures since its last report: a line of JSON on its stdout.</summary>
internal sealed record WorkerReport(
    LoadCounts Counts,
    HistogramParts Latency,
    HistogramParts Connect,
    SocketTally Sockets,
    HistogramParts Rtt,
    IReadOnlyList<SlowAttempt> Slowest,
    IReadOnlyList<FailedAttempt> Failures,
    bool AllOpened,
    bool Last)
{
    public static WorkerReport Of(LoadLoop loop, IReadOnlyList<FailedAttempt> failures, bool last)
    {
        LoadCounts counts = loop.Counts;
        // The loop goes on meanwhile and alone may write its list.
        SlowAttempt[] slowest = last ? [.. counts.Slowest.All] : [];
        return new WorkerReport(counts, counts.Latency.ToParts(), counts.Connect.ToParts(), counts.Sockets, counts.Sockets.Rtt.ToParts(), slowest, failures, loop.AllOpened, last);
    }

    public void AddTo(LoadCounts sum)
    {
        sum.AddNumbers(Counts);
        sum.Latency.Add(Latency);
        sum.Connect.Add(Connect);
        sum.Sockets.Add(Sockets);
        sum.Sockets.Rtt.Add(Rtt);
        foreach (SlowAttempt slow in Slowest)
            sum.Slowest.Add(slow);
    }
}

/// <summary>The JSON between a load and its worker processes.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, Converters = [typeof(EndpointConverter), typeof(AddressConverter)])]
[JsonSerializable(typeof(WorkerOrder))]
[JsonSerializable(typeof(WorkerReport))]
internal sealed partial class WorkerJson : JsonSerializerContext;
