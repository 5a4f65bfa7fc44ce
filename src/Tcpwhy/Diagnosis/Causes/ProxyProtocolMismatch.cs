using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>One side uses the PROXY protocol and the other does not: a header that nobody expects, or none where one is due.</summary>
public sealed class ProxyProtocolMismatch : Cause
{
    public override string Id => "proxy-protocol-mismatch";
    public override IReadOnlyList<string> YieldsTo => ["process-crash", "nginx-worker-connections"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (FirstExchange.Of(broken) is not { } failed)
            return null;
        ProcessInfo? servant = world.Servant(broken);
        bool unexpected = failed.Asked == FirstWords.Proxy && !failed.PortSpeaks.HasFlag(PortSpeech.Proxy) && (failed.NeverAnswered || failed.Answered is FirstWords.Http400 or FirstWords.Other or FirstWords.TlsAlert);
        bool missing = failed.NeverAnswered && failed.Asked is not (FirstWords.Proxy or FirstWords.Unknown) && failed.PortSpeaks.HasFlag(PortSpeech.Proxy);
        // HAProxy looks for the header without taking it, and resets; nginx takes it, and answers HTTP on a TLS port.
        bool manner = failed is { NeverAnswered: true, Asked: not FirstWords.Proxy, PortSpeaks: PortSpeech.None } && (failed.Untouched ? servant?.Comm == "haproxy" : servant?.Comm == "nginx");
        if (!unexpected && !missing && !manner)
            return null;
        return new Verdict(this, broken)
            .For(0.95, unexpected, "a PROXY header was not understood", failed.NeverAnswered ? "closed" : $"{failed.Answered}", "payload")
            .For(0.9, missing, "no PROXY header where others send one", $"{failed.Asked}", "payload")
            .For(0.55, manner && !missing, "closed at the first words, as where a PROXY header is due", servant?.Comm ?? "", "tcp_sock")
            .For(0.2, manner && failed.Asked != FirstWords.Unknown, "the first words were no PROXY header", $"{failed.Asked}", "payload")
            .Weighs(Severity.Critical)
            .Blames(Fault.LoadBalancer, toldByClient: broken.Server is null)
            .Tells("what", unexpected ? "PROXY" : "HTTP")
            .Remedy("load-balancer", "haproxy", unexpected ? "send-proxy" : "accept-proxy")
            .Remedy("load-balancer", "nginx", "proxy_protocol")
            .Remedy("load-balancer", "checks", "check-send-proxy")
            .SettleBy("payload", !failed.Heard)
            .SettleBy("error-log", failed.Heard && !unexpected && !missing);
    }
}
