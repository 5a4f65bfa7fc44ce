namespace Tcpwhy.Filtering;

/// <summary>A node of a filter's tree. It never changes and answers without allocating; its text is the filter that it came from.</summary>
internal abstract class Condition
{
    public abstract bool Holds(in FilterSubject subject);
}

internal sealed class AllOf(Condition[] parts) : Condition
{
    public override bool Holds(in FilterSubject subject)
    {
        foreach (Condition part in parts)
        {
            if (!part.Holds(subject))
                return false;
        }
        return true;
    }

    public override string ToString() => $"( {string.Join(" and ", parts.Select(part => part.ToString()))} )";
}

internal sealed class AnyOf(Condition[] parts) : Condition
{
    public override bool Holds(in FilterSubject subject)
    {
        foreach (Condition part in parts)
        {
            if (part.Holds(subject))
                return true;
        }
        return false;
    }

    public override string ToString() => $"( {string.Join(" or ", parts.Select(part => part.ToString()))} )";
}

internal sealed class Not(Condition part) : Condition
{
    // Where either end may meet the condition, "not" means that neither does: otherwise "not dport = 443"
    // would keep every connection to 443 for the sake of its client's port.
    public override bool Holds(in FilterSubject subject) =>
        !part.Holds(subject) && !(subject.EitherEnd && part.Holds(subject.Turned));

    public override string ToString() => $"not {part}";
}
