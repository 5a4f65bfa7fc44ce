using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers;

/// <summary>One kind of contradiction, and how it is found in a chain: without clock, I/O or chance.</summary>
public abstract class Rule
{
    /// <summary>As front-outlives-keepalive.</summary>
    public abstract string Id { get; }

    public abstract Severity Severity { get; }

    /// <summary>Code of the cause to which it leads, or null.</summary>
    public abstract string? Cause { get; }

    public abstract IEnumerable<Problem> Check(Chain chain);

    private protected Problem At(HaproxyLine line, Phrase text, params IReadOnlyList<Edit> edits) =>
        new(Id, Severity, Cause, line.File, line.Start, line.End - line.Start, text, edits);

    private protected Problem At(NginxDirective directive, Phrase text, params IReadOnlyList<Edit> edits) =>
        new(Id, Severity, Cause, directive.File, directive.Start, (directive.Children is null ? directive.End : directive.Inside) - directive.Start, text, edits);

    private protected Problem At(SysctlLine line, Phrase text, params IReadOnlyList<Edit> edits) =>
        new(Id, Severity, Cause, line.File, line.Start, line.End - line.Start, text, edits);

    private protected static string Text(TimeSpan time) => TimeoutPlan.Text(time);
}
