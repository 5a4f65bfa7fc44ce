using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>nginx takes a connection that it has no room for, and closes it, or another that has said nothing yet, at once.</summary>
public sealed class NginxWorkerConnections : Cause
{
    /// <summary>A connection that says nothing for longer may have met a timeout.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(10);

    public override string Id => "nginx-worker-connections";

    /// <summary>The nginx that closed and had taken nothing and said nothing; null when it was another program, or another end.</summary>
    internal static ProcessInfo? Refuser(Case broken, World world)
    {
        if (broken.Server is not { Exiting: false, Sample: { DataSegmentsOut: 0 } sample } server || !(sample.Age <= AtMost) || world.Servant(broken) is not { Comm: "nginx" } nginx)
            return null;
        // The request that came at once lies unread, or meets the closed socket; one that was read had room.
        bool clean = server is { Sent: null, Received: null, Death.To: TcpState.Closed } && sample is { SinceFinSent: not null, DataSegmentsIn: 0 } && !(sample.SinceFinReceived > sample.SinceFinSent) && !IsTimeout(sample);
        bool unread = server is { Sent.Reason: "TCP_ABORT_ON_CLOSE" } && sample.UnreadBytes >= sample.BytesReceived;
        bool after = server is { Sent.Reason: "TCP_ABORT_ON_DATA" } && sample.BytesReceived <= 1;
        return (clean || unread || after) && !world.IsHandover(broken.ServerNetns, broken.ServerEndpoint, nginx.Comm, broken.Last) ? nginx : null;
    }

    /// <summary>Whether it was closed as old as one writes into client_header_timeout: a connection in reserve that nobody came to need.</summary>
    private static bool IsTimeout(TcpSample sample) =>
        sample.Age - sample.SinceFinSent is { } waited && waited > TimeSpan.FromSeconds(0.9) && new GivenUp(waited, null).IsRound;

    public override Verdict? Judge(Case broken, World world)
    {
        if (Refuser(broken, world) is null)
            return null;
        TimeSpan age = broken.Server!.Sample!.Age ?? default;
        return new Verdict(this, broken)
            .For(0.8, true, "nginx closed it without a word", $"{Phrases.Duration(age)} after it was accepted", "sock:inet_sock_set_state")
            .For(0.4, broken.Server is { Sent: not null, UnreadBytes: > 0 }, "request left unread", $"{Phrases.Bytes(broken.Server.UnreadBytes)} bytes", "tcp_sock")
            .For(0.4, age < TimeSpan.FromMilliseconds(20), "too soon for any timeout", Phrases.Duration(age), "sock:inet_sock_set_state")
            .Weighs(Severity.Critical)
            .Blames(Fault.LoadBalancer, toldByClient: false)
            .Remedy("load-balancer", "limit", "worker_connections")
            .Remedy("load-balancer", "descriptors", "worker_rlimit_nofile")
            .Remedy("load-balancer", "idle", "keepalive_timeout")
            .SettleBy("error-log");
    }
}
