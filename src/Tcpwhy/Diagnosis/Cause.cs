namespace Tcpwhy.Diagnosis;

/// <summary>One reason why connections break. Its texts stand in docs/causes under the same id; its fault in the lab has the same name.</summary>
public abstract class Cause
{
    /// <summary>The code in JSON, SQL and on the command line, as server-close-unread.</summary>
    public abstract string Id { get; }

    /// <summary>Normal life is judged first, and never shown as trouble.</summary>
    public virtual bool IsNormal => false;

    /// <summary>Whether its connections broke; false for one that tells of waste, or of a limit.</summary>
    public virtual bool Breaks => true;

    /// <summary>Causes that explain the same observations better when their own predicates hold.</summary>
    public virtual IReadOnlyList<string> YieldsTo => [];

    /// <summary>Weighs the evidence of a case; null when something that must hold does not.</summary>
    public abstract Verdict? Judge(Case broken, World world);
}
