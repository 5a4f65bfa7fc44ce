using System.CommandLine;
using Tcpwhy.Balancers;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>lint FILE...</c>: which timeouts and settings of a chain contradict each other?</summary>
internal sealed class LintCommand : Verb
{
    private static readonly TimeSpan NotSaid = TimeSpan.Zero;
    private readonly Session _session;
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "haproxy.cfg, nginx.conf and sysctl.d files of one chain, or directories of them",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<Front> _front;
    private readonly Option<TimeSpan> _frontIdle;
    private readonly Option<TimeSpan> _clientIdle;
    private readonly Option<string[]> _servers = new("--server")
    {
        Description = "a server behind them: node, gunicorn, uvicorn, apache, tomcat, jetty, kestrel, puma … or NAME=TIME; UPSTREAM/NAME for one upstream",
        HelpName = "NAME[=TIME]",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _version = new("--target-version") { Description = "version of nginx that reads the files (default: the installed one)", HelpName = "VERSION" };
    private readonly Option<Severity?> _failOn;
    private readonly Option<LintFormat> _format;
    private readonly Option<bool> _fix = new("--fix") { Description = "show the corrections as a difference, and write them when confirmed" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "with --fix: only show the difference" };
    private readonly Option<bool> _yes = new("--yes") { Description = "with --fix: write without asking" };

    public LintCommand(Session session)
        : base("lint", "which timeouts of a chain contradict each other?")
    {
        _session = session;
        _front = Choice.Of(session, "--front", "what stands in front: none (default), alb, clb, nlb, cloudfront, gcp, azure, frontdoor, cloudflare, heroku, nginx, envoy or traefik",
            Front.Known[0], [.. Front.Known.Select(front => (front.Word, front))]);
        _front.HelpName = "KIND";
        _frontIdle = Duration.Option(session, "--front-idle", "how long it keeps idle connections (default: what --front is known for)", NotSaid);
        _clientIdle = Duration.Option(session, "--client-idle", "how long the clients' pools keep idle connections", NotSaid);
        _failOn = Choice.Of<Severity?>(session, "--fail-on", "exit with 1 when there is a contradiction of this severity or a worse one", null,
            [("critical", Severity.Critical), ("warning", Severity.Warning), ("info", Severity.Info)]);
        _format = Choice.Of(session, "--format", "how to write the result", ("text", LintFormat.Text), ("json", LintFormat.Json), ("sarif", LintFormat.Sarif));
        Add(_files);
        foreach (Option option in new Option[] { _front, _frontIdle, _clientIdle, _servers, _version, _failOn, _format, _fix, _dryRun, _yes })
            Add(option);
        Examples =
        [
            "tcpwhy lint /etc/haproxy/haproxy.cfg --front alb --server node=5s",
            "tcpwhy lint /etc/nginx/nginx.conf /etc/sysctl.d --fail-on warning",
            "tcpwhy lint nginx.conf --server gunicorn --fix",
        ];
        SetAction(Run);
    }

    /// <summary>Finds the installed program.</summary>
    internal Func<string, BalancerProgram?> Installed { get; init; } = BalancerProgram.Find;

    private int Run(ParseResult parsed)
    {
        ConfigurationSet set = ConfigurationSet.Read(parsed.GetRequiredValue(_files));
        Chain chain = ChainOf(parsed, set);
        IReadOnlyList<Problem> problems = Lint.Check(chain);
        Screen talk = _session.Talk;
        foreach (var missing in set.Nginx.SelectMany(nginx => nginx.Missing))
            talk.Line(talk.T("{0}:{1}: '{2}' is not here: what it says is not judged", missing.File.Path, missing.Line, missing[0]));
        bool fix = parsed.GetValue(_fix);
        switch (parsed.GetValue(_format))
        {
            case LintFormat.Json:
                _session.Out.WriteLine(JsonText.Of(LintJson.Of(chain, problems, set.Count, _session.Talk), JsonShapes.Document.LintJson));
                break;
            case LintFormat.Sarif:
                _session.Out.WriteLine(JsonText.Of(SarifJson.Of(problems, _session.Talk), JsonShapes.Document.SarifJson));
                break;
            default:
                LintText.Write(chain, problems, set.Count, fix, _session.Page);
                break;
        }
        if (fix)
            Fix(new Repair(set, problems), parsed.GetValue(_dryRun), parsed.GetValue(_yes));
        return Lint.Worst(problems) >= parsed.GetValue(_failOn) ? ExitCode.Findings : ExitCode.Done;
    }

    private Chain ChainOf(ParseResult parsed, ConfigurationSet set)
    {
        Front front = parsed.GetRequiredValue(_front);
        TimeSpan frontIdle = parsed.GetValue(_frontIdle), clientIdle = parsed.GetValue(_clientIdle);
        if (frontIdle != NotSaid)
            front = front with { Idle = frontIdle, Kind = front.Kind == FrontKind.None ? FrontKind.Pools : front.Kind };
        // Clients with a pool are a front of their own.
        else if (clientIdle != NotSaid && front.Kind == FrontKind.None)
            front = front with { Idle = clientIdle, Kind = FrontKind.Pools };
        ProgramVersion? version = null;
        if (parsed.GetValue(_version) is { } wanted)
            version = ProgramVersion.Parse(wanted) ?? throw new ToolException(_session.Talk.T("{0} '{1}' is no version, as 2.6 or 1.22.1", "--target-version", wanted), ExitCode.Usage);
        else if (set.Nginx.Count > 0)
            version = Installed("nginx")?.Version;
        var chain = new Chain
        {
            ClientIdle = clientIdle == NotSaid ? null : clientIdle,
            Front = front,
            Haproxy = set.Haproxy,
            Nginx = set.Nginx,
            Kernel = set.Kernel,
            Servers = [.. (parsed.GetValue(_servers) ?? []).Select(text => KnownServer.Parse(text, time => Duration.TryParse(time, out TimeSpan span) ? span : null))],
        };
        return version is { } known ? chain with { NginxVersion = known } : chain;
    }

    private void Fix(Repair repair, bool dryRun, bool yes)
    {
        // JSON on stdout stays JSON: the difference is talk.
        Screen talk = _session.Talk;
        bool any = false;
        foreach ((var file, string text) in repair.Files)
        {
            DifferenceText.Write(file.Path, Difference.Of(file.Text, text), talk);
            any = true;
        }
        if (!any)
        {
            talk.Line(talk.T("nothing here can be corrected by itself"));
            return;
        }
        if (repair.Check(Installed, phrase => talk.Line(talk.T(phrase.Text, [.. phrase.Values]))) is { } complaint)
            throw new ToolException(talk.T("nothing was written: {0}", complaint), ExitCode.Usage);
        if (dryRun)
            return;
        if (!yes && !Agreed(talk))
            throw new ToolException(talk.T("nothing was written; --yes writes it without asking"), ExitCode.Usage);
        foreach (string backup in repair.Write(TimeProvider.System))
            talk.Line(talk.T("what was there is kept as {0}", backup));
    }

    private bool Agreed(Screen talk)
    {
        if (!_session.ErrorIsTerminal || Console.IsInputRedirected)
            return false;
        talk.Line(talk.T("Write this? [y/N]"));
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes" or "예";
    }
}

/// <summary>How contradictions are written.</summary>
internal enum LintFormat
{
    Text,
    Json,
    Sarif,
}
