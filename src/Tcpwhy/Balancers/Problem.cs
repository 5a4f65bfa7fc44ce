using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers;

/// <summary>One contradiction: where it stands, what is wrong, what it leads to, and how the lines would be right.</summary>
/// <param name="Rule">Id of the rule that found it.</param>
/// <param name="Cause">Code of the cause that it leads to, or null for one that breaks no connection.</param>
/// <param name="File">Null for an option of the command line.</param>
/// <param name="Start">Offset in the file.</param>
/// <param name="Length">How many characters are meant.</param>
/// <param name="Edits">The correction; empty when only somebody who knows more can make it.</param>
public sealed record Problem(string Rule, Severity Severity, string? Cause, SourceFile? File, int Start, int Length, Phrase Text, IReadOnlyList<Edit> Edits)
{
    /// <summary>Line number from 1; 0 for an option of the command line.</summary>
    public int Line => File?.LineOf(Start) ?? 0;

    /// <summary>What to do where no line of these files would correct it.</summary>
    public Phrase? Advice { get; init; }
}
