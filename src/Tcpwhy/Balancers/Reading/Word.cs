namespace Tcpwhy.Balancers.Reading;

/// <summary>A word of a configuration without its quotes, and where it stands.</summary>
/// <param name="Start">Offset of its first character, quote included.</param>
/// <param name="End">Offset behind its last.</param>
public readonly record struct Word(string Text, int Start, int End);
