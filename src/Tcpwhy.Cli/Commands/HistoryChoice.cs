using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.History;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>Which history a command reads or writes, by --history and --no-history.</summary>
internal sealed class HistoryChoice(Session session)
{
    /// <summary>--history FILE.</summary>
    public Option<string?> File { get; } = new("--history") { Description = "where history is (default: /var/lib/tcpwhy/history.db for root, else below $XDG_STATE_HOME)", HelpName = "FILE" };

    /// <summary>--no-history, for commands that write it.</summary>
    public Option<bool> None { get; } = new("--no-history") { Description = "keep no history" };

    /// <summary>The file, whether it exists or not.</summary>
    public string PathOf(ParseResult parsed) => parsed.GetValue(File) is { Length: > 0 } given ? given : HistoryFile.UsualPath(session.Variable, Environment.IsPrivilegedProcess);

    /// <summary>Opens the file to be read.</summary>
    public HistoryReader Read(ParseResult parsed) => HistoryFile.Read(PathOf(parsed));

    /// <summary>Opens the file for a watch of the whole host; null when none is wanted, or when it cannot be written, which <paramref name="say"/> is told: the watch goes on without.</summary>
    /// <param name="once">A single look, which leaves nothing behind.</param>
    /// <param name="say">Takes lines for the operator, now and from another thread later.</param>
    public HistoryWriter? Write(ParseResult parsed, bool wholeHost, bool once, Action<string> say)
    {
        bool asked = parsed.Gives(File);
        Parsed.Refuse(asked && parsed.GetValue(None), "--history and --no-history exclude each other");
        Parsed.Refuse(asked && !wholeHost, "history is of the whole host: --history and a FILTER exclude each other");
        if (parsed.GetValue(None) || !wholeHost || once)
            return null;
        Screen talk = session.Talk;
        try
        {
            return HistoryFile.Open(PathOf(parsed), HistoryLimits.Usual, (phrase, values) => say(talk.T(phrase, values)), TimeProvider.System);
        }
        catch (ToolException refused)
        {
            say(talk.T("{0}; watching goes on without history", refused.Message));
            return null;
        }
    }
}
