using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune show</c>: every setting that acts on TCP, and how near its limit is.</summary>
internal sealed class TuneShowCommand : Verb
{
    public TuneShowCommand(Session session)
        : base("show", "every setting that acts on TCP, its default, what uses it, and the headroom now")
    {
        TuneOptions options = new(session);
        options.AddTo(this);
        Examples = ["tcpwhy tune show", "tcpwhy tune show --netns web --format json"];
        SetAction(parsed =>
        {
            var proc = new ProcFs();
            Target target = options.Target(parsed, proc);
            options.Recover(parsed, proc);
            Situation now = SituationReader.Read(proc, target);
            if (options.WantsJson(parsed))
                session.Out.WriteLine(JsonText.Of(TuneShowJson.Of(now, target.Name, session.Language), JsonShapes.Document.TuneShowJson));
            else
                TuneShowText.Write(now, TuneOptions.NameOf(target, session.Page), session.Page);
            return ExitCode.Done;
        });
    }
}
