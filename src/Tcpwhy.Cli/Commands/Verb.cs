using System.CommandLine;

namespace Tcpwhy.Cli.Commands;

/// <summary>A command of the program. Its description is the question that it answers, an English phrase, translated when shown.</summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that can be pasted, shown by --help.</summary>
    public string[] Examples { get; init; } = [];

    /// <summary>Whether its options can be set by files and variables.</summary>
    public virtual bool TakesConfiguration => true;
}
