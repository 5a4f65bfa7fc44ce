using System.CommandLine;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options that say from which evidence a plan is made, and the evidence itself.</summary>
internal sealed class TuneEvidence(Session session)
{
    private readonly Option<string?> _from = new("--from") { Description = "take the findings from what 'diagnose --format json' wrote", HelpName = "FILE" };
    private readonly Option<TimeSpan> _duration = Duration.Option(session, "--duration", "take findings from watching this host so long first", TimeSpan.Zero);
    private readonly Option<TimeSpan> _since = Duration.Option(session, "--since", "take the findings of so long until now from history", TimeSpan.Zero);
    private readonly Option<string?> _history = new("--history") { Description = "the history file (default: where 'watch' keeps it)", HelpName = "FILE" };
    private readonly Option<string?> _profile = new("--profile") { Description = "add documented choices: proxy, server, client or database", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Add(_from);
        command.Add(_duration);
        command.Add(_since);
        command.Add(_history);
        _profile.CompletionSources.Add(Profile.All.Select(profile => profile.Name).ToArray());
        command.Add(_profile);
    }

    /// <summary>Whether findings were asked for.</summary>
    public bool HasFindings(ParseResult parsed) => parsed.GetValue(_from) is not null || parsed.GetValue(_duration) > TimeSpan.Zero || parsed.GetValue(_since) > TimeSpan.Zero;

    /// <summary>Gathers all that a plan needs.</summary>
    /// <exception cref="ToolException">A file or a name is wrong.</exception>
    public Situation Situation(ParseResult parsed, ProcFs proc, Target target)
    {
        Profile? profile = parsed.GetValue(_profile) is { } name ? Profile.Find(name) : null;
        return SituationReader.Read(proc, target) with { Troubles = Troubles(parsed, proc), Profile = profile };
    }

    /// <summary>The findings of all the sources that were named.</summary>
    internal IReadOnlyList<Trouble> Troubles(ParseResult parsed, ProcFs proc)
    {
        Parsed.Refuse(parsed.GetValue(_history) is not null && parsed.GetValue(_since) == TimeSpan.Zero, session.Talk.T("{0} goes with {1}", _history.Name, _since.Name));
        List<Trouble> troubles = parsed.GetValue(_from) is { } file ? [.. DiagnosisFile.Read(file).Troubles] : [];
        if (parsed.GetValue(_since) is { Ticks: > 0 } since)
            troubles.AddRange(Kept(parsed.GetValue(_history), since).Findings.Select(finding => Trouble.Of(finding, session.Language)));
        if (parsed.GetValue(_duration) is { Ticks: > 0 } time)
            troubles.AddRange(Watch(proc, time, Filter.Everything, "stopped; nothing was changed").Findings.Select(finding => Trouble.Of(finding, session.Language)));
        return troubles;
    }

    private Answer Kept(string? path, TimeSpan since)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using HistoryReader history = HistoryFile.Read(path ?? HistoryFile.UsualPath(session.Variable, Environment.IsPrivilegedProcess));
        return history.Window(now - since, now, Filter.Everything).Answer;
    }

    /// <summary>Watches this host for a while and judges what broke.</summary>
    /// <exception cref="ToolException">A signal ended the watching.</exception>
    public Answer Watch(ProcFs proc, TimeSpan time, Filter filter, string whenStopped)
    {
        using Interrupt interrupt = new();
        using ISource source = LiveSource.Open(new Features(proc), proc, TimeProvider.System, out string? obstacle);
        if (obstacle is not null)
            session.Talk.Line(session.Talk.T("seeing less, for the kernel cannot be watched: {0}", obstacle));
        Answer answer;
        using (Progress progress = new(session, time))
        {
            answer = Pipeline.Run(source, filter, seen =>
            {
                progress.See(seen);
                if (seen is Started)
                    interrupt.After(time);
            }, null, interrupt.Stop);
        }
        return interrupt.Status(ExitCode.Done) is var status && status != ExitCode.Done ? throw new ToolException(whenStopped, status) : answer;
    }
}
