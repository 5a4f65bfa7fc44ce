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
    private readonly Option<string?> _since = new("--since") { Description = "take the findings that history kept since then: 2h (ago), 14:02 or '2026-11-22 14:02:11'", HelpName = "TIME" };
    private readonly HistoryChoice _history = new(session);
    private readonly Option<string?> _profile = new("--profile") { Description = "add documented choices: proxy, server, client or database", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Add(_from);
        command.Add(_duration);
        command.Add(_since);
        command.Add(_history.File);
        _profile.CompletionSources.Add(Profile.All.Select(profile => profile.Name).ToArray());
        command.Add(_profile);
    }

    /// <summary>Whether findings were asked for.</summary>
    public bool HasFindings(ParseResult parsed) => parsed.GetValue(_from) is not null || parsed.GetValue(_duration) > TimeSpan.Zero || parsed.GetValue(_since) is not null;

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
        Parsed.Refuse(parsed.GetValue(_history.File) is not null && parsed.GetValue(_since) is null, session.Talk.T("{0} goes with {1}", _history.File.Name, _since.Name));
        List<Trouble> troubles = parsed.GetValue(_from) is { } file ? [.. DiagnosisFile.Read(file).Troubles] : [];
        if (parsed.GetValue(_since) is { } since)
            troubles.AddRange(Kept(parsed, since).Findings.Select(finding => Trouble.Of(finding, session.Language)));
        if (parsed.GetValue(_duration) is { Ticks: > 0 } time)
            troubles.AddRange(Watch(proc, time, Filter.Everything, "stopped; nothing was changed").Findings.Select(finding => Trouble.Of(finding, session.Language)));
        return troubles;
    }

    private Answer Kept(ParseResult parsed, string since)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using HistoryReader history = _history.Read(parsed);
        return history.Window(PastTime.Read(_since.Name, since, now, TimeZoneInfo.Local), now, Filter.Everything).Answer;
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
