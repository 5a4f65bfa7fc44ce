using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Clients keep idle connections longer than what stands in front.</summary>
internal sealed class ClientOutlivesFront : Rule
{
    public override string Id => "client-outlives-front";

    public override Severity Severity => Severity.Critical;

    public override string? Cause => "keepalive-race";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain is { ClientIdle: { } client, Front: { Kind: FrontKind.Pools, Idle: { } front } } && chain.Front.Word != "none" && client >= front)
        {
            yield return new Problem(Id, Severity, Cause, null, 0, 0,
                new Phrase("clients reuse connections that were idle up to {0}, and {1} closes them after {2}: requests meet the close", Text(client), chain.Front.Name, Text(front)), [])
            {
                Advice = new Phrase("let the clients' pools give up idle connections after {0} at most", Text(TimeoutPlan.PoolIdle(front))),
            };
        }
    }
}
