using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Somebody listens on the port, but on another address than the one that clients use.</summary>
public sealed class ConnRefusedWrongBind : Cause
{
    public override string Id => "conn-refused-wrong-bind";
    public override IReadOnlyList<string> YieldsTo => ["dns-dead-backend"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Refusals.Of(broken) is not { } refusal || refusal.Seen is null && !Refusals.IsHere(broken))
            return null;
        IReadOnlyList<Listening> listeners = world.Listeners(Refusals.Netns(broken), broken.ServerEndpoint.Port);
        if (listeners.FirstOrDefault(listener => !World.Covers(listener, broken.ServerEndpoint.Address)) is not { } other)
            return null;
        return new Verdict(this, broken)
            .For(0.9, refusal.Seen is not null, "SYN answered by", "reset, NO_SOCKET", "tcp:tcp_send_reset")
            .For(0.5, refusal.Seen is null, "refused on this host", $"{broken.ServerEndpoint.Address}", "tcp:tcp_receive_reset")
            .For(refusal.Seen is null ? 0.6 : 0.85, true, "listener on this port", $"{other.Local}{(other.V6Only ? ", IPv6 only" : "")}", "inet_diag")
            .Against(0.5, listeners.Any(listener => World.Covers(listener, broken.ServerEndpoint.Address)), "another listener covers", $"{broken.ServerEndpoint}", "inet_diag")
            .Weighs(Severity.Critical)
            .Blames(Fault.Server, toldByClient: broken.Client is not null)
            .Tells("port", $"{broken.ServerEndpoint.Port}")
            .Tells("listener", $"{other.Local}")
            .Tells("server", other.Process is { } process ? Phrases.Process(process) : $"{broken.ServerEndpoint.Address}")
            .Remedy("application", "bind-all", "listen address", $"{other.Local.Address}", other.V6Only ? "[::] with IPV6_V6ONLY=0" : "0.0.0.0 or [::]")
            .Remedy("application", "dial-listener")
            .Remedy("application", "publish-port");
    }
}
