using Tcpwhy.Texts;

namespace Tcpwhy.Model;

/// <summary>An error that was to be expected: shown as one line without a stack, in the reader's language, and the program's exit code (cli.md lists them).</summary>
#pragma warning disable CA1032 // Without an exit code it would be a bug's exception, so there is one constructor only.
public sealed class ToolException(Sentence sentence, int exitCode) : Exception(sentence.In(Language.English))
{
    /// <summary>What is wrong; <see cref="Exception.Message"/> is the same in English.</summary>
    public Sentence Sentence => sentence;

    public int ExitCode { get; } = exitCode;
}
