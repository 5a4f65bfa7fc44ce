using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune plan</c>: what to change, from evidence alone, and what to leave.</summary>
internal sealed class TunePlanCommand : Verb
{
    public TunePlanCommand(Session session)
        : base("plan", "what findings and measured limits ask to change, and what to leave alone")
    {
        TuneOptions options = new(session);
        TuneEvidence evidence = new(session);
        options.AddTo(this);
        evidence.AddTo(this);
        Examples = ["tcpwhy tune plan --duration 30s", "tcpwhy tune plan --since 2h", "tcpwhy tune plan --from diagnosis.json", "tcpwhy tune plan --profile proxy --format json"];
        SetAction(parsed =>
        {
            var proc = new ProcFs();
            Target target = options.Target(parsed, proc);
            options.Recover(parsed, proc);
            TuningPlan plan = Planner.Plan(evidence.Situation(parsed, proc, target));
            SysctlFiles files = options.Files(parsed);
            List<string> Overriding(string setting) => target.IsHost ? files.Overriding(setting) : [];
            if (options.WantsJson(parsed))
            {
                session.Out.WriteLine(JsonText.Of(TuneJson.Of(plan, target.Name, Overriding, session.Language), JsonShapes.Document.TuneJson));
                return ExitCode.Done;
            }
            TunePlanText.Write(plan, TuneOptions.NameOf(target, session.Page), Overriding, session.Page);
            if (!evidence.HasFindings(parsed))
                session.Talk.Line(session.Talk.T("planned from measured limits alone; with --duration 30s, --since 2h or --from FILE, from findings too"));
            return ExitCode.Done;
        });
    }
}
