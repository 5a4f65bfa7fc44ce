using Tcpwhy.Model;

namespace Tcpwhy.Pools.Verdicts;

/// <summary>A verdict in the making: evidence, each piece with its share of the remaining doubt.</summary>
internal sealed class Case
{
    private readonly List<PoolEvidence> _evidence = [];

    public double Confidence { get; private set; }

    /// <summary>Takes away so much of the doubt, from 0 to 1.</summary>
    public void For(double weight, string what, params object[] values)
    {
        Confidence += (1 - Confidence) * weight;
        _evidence.Add(new PoolEvidence(what, values));
    }

    /// <summary>Takes so much of the confidence back.</summary>
    public void Against(double weight, string what, params object[] values)
    {
        Confidence *= 1 - weight;
        _evidence.Add(new PoolEvidence(what, values));
    }

    public PoolJudgement Close(PoolVerdict verdict, Severity severity) => new(verdict, severity, Math.Round(Confidence, 2), _evidence);
}
