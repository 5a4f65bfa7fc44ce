namespace Tcpwhy.Loading;

/// <summary>What a worker process shall do: its share of a load. One line of JSON on its stdin, then the lines "start TIME", "end NANOSECONDS" and "stop".</summary>
internal sealed record WorkerOrder(LoadPlan Plan, int Connections, long Quota, double Rate, TimeSpan Ramp, int Share, int Turn);
