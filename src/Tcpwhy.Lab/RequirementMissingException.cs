namespace Tcpwhy.Lab;

/// <summary>A program or privilege that the lab needs is not here.</summary>
public sealed class RequirementMissingException : Exception
{
    public RequirementMissingException() { }
    public RequirementMissingException(string message) : base(message) { }
    public RequirementMissingException(string message, Exception inner) : base(message, inner) { }

    internal RequirementMissingException(IReadOnlyList<string> missing) : base($"the lab needs {string.Join(", ", missing)}") => Missing = missing;

    /// <summary>What is missing: names of programs, or "root".</summary>
    public IReadOnlyList<string> Missing { get; } = [];
}
