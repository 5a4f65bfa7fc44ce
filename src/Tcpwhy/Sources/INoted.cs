namespace Tcpwhy.Sources;

/// <summary>A source that has something to say about its input, as that it was cut short.</summary>
public interface INoted
{
    /// <summary>One sentence each; complete when the source has run.</summary>
    IReadOnlyList<string> Notes { get; }
}
