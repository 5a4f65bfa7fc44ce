using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Texts;

namespace Tcpwhy.Alerting;

/// <summary>Alerts from readings to receivers: judges, keeps what fires across restarts, and has it delivered beside the watch, which never waits.</summary>
public sealed class AlertCenter : IDisposable
{
    private const string FileName = "alerts.json";

    /// <summary>How long a watch that ends waits for what is on its way; the rest is delivered at the next start.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly AlertEvaluator _evaluator;
    private readonly Outbox _outbox;
    private readonly FileStream? _lock;
    private readonly List<Courier> _couriers = [];
    private readonly List<Task> _working = [];
    private readonly CancellationTokenSource _stop = new();
    private volatile IReadOnlyList<Alert> _firing;

    private AlertCenter(AlertPlan plan, Sender sender, string? path, FileStream? locked, KeptAlerts kept, Action<string, object[]> say, TimeProvider time)
    {
        _lock = locked;
        _firing = kept.Firing;
        _evaluator = new AlertEvaluator(plan.Rules, kept.Firing);
        _outbox = new Outbox(path, kept, plan.Receivers, say);
        foreach (ReceiverPlan receiver in plan.Receivers)
        {
            var courier = new Courier(receiver, Delivery.Receivers.Open(receiver, sender, time), _outbox, time, say);
            _couriers.Add(courier);
            _working.Add(Task.Run(() => courier.RunAsync(_stop.Token)));
        }
    }

    /// <summary>Begins where the one before ended.</summary>
    /// <param name="directory">Where to keep what outlives a restart; null keeps nothing.</param>
    /// <param name="say">Takes lines for the operator, in the sender's language: a receiver that fails, a file that cannot be written. Called from other threads.</param>
    public static AlertCenter Open(AlertPlan plan, Sender sender, string? directory, Action<string> say, TimeProvider time)
    {
        void Say(string phrase, object[] values) =>
            say(string.Format(Translations.Get(sender.Language, phrase), [.. values.Select(value => value is DeliveryResult result ? result.In(sender.Language) : value)]));

        var receivers = plan.Receivers.Where(receiver =>
        {
            bool absent = receiver.Kind == ReceiverKind.Journal && !File.Exists(JournalReceiver.UsualSocket);
            if (absent)
                Say("receiver '{0}': there is no journal on this host ({1})", [receiver.Name, JournalReceiver.UsualSocket]);
            return !absent;
        }).ToArray();
        plan = plan with { Receivers = receivers };
        if (directory is null)
            return new AlertCenter(plan, sender, null, null, KeptAlerts.Fresh(), Say, time);
        FileStream? locked = null;
        string path = Path.Combine(directory, FileName);
        try
        {
            if (!Directory.Exists(directory))
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // FileShare.None is flock(2): released by the kernel, whatever ends the process.
            locked = new FileStream(path + ".lock", new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            return new AlertCenter(plan, sender, path, locked, KeptAlerts.Read(path), Say, time);
        }
        catch (InvalidDataException damaged)
        {
            string aside = path + ".damaged";
            File.Move(path, aside, overwrite: true);
            Say("{0} is damaged ({1}): it is kept as {2}, and alerts begin anew", [path, damaged.Message, aside]);
            return new AlertCenter(plan, sender, path, locked, KeptAlerts.Fresh(), Say, time);
        }
        catch (IOException) when (locked is null && File.Exists(path + ".lock"))
        {
            // Two that tell of the same would tell twice.
            Say("another tcpwhy watches this host and sends its alerts ({0}): this one shows them only", [path]);
            return new AlertCenter(plan with { Receivers = [] }, sender, null, null, KeptAlerts.Fresh(), Say, time);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            locked?.Dispose();
            Say("alerts cannot be kept across a restart: {0}", [failed.Message]);
            return new AlertCenter(plan, sender, null, null, KeptAlerts.Fresh(), Say, time);
        }
    }

    /// <summary>What fires, the worst first.</summary>
    public IReadOnlyList<Alert> Firing => _firing;

    /// <summary>The last changes, the latest last, those before a restart among them.</summary>
    public IReadOnlyList<AlertChange> Recent => _outbox.Recent;

    /// <summary>Judges a reading, and returns what changed by it; has receivers told. Never waits. For one thread.</summary>
    /// <param name="findings">What broke since the reading before.</param>
    public IReadOnlyList<AlertChange> Observe(Reading reading, IReadOnlyList<Finding> findings)
    {
        IReadOnlyList<AlertChange> changes = _evaluator.Observe(reading, findings);
        _firing = _evaluator.Firing;
        _outbox.Post(changes, _firing);
        return changes;
    }

    /// <summary>Gives what is on its way two seconds, stores the rest and ends.</summary>
    public void Dispose()
    {
        long began = TimeProvider.System.GetTimestamp();
        while (_couriers.Exists(courier => courier.IsBusy) && TimeProvider.System.GetElapsedTime(began) < Grace)
            Thread.Sleep(10);
        _stop.Cancel();
        // A file on a server that hangs must not keep us here; the process ends with its threads.
        Task all = Task.WhenAll(_working);
        if (Task.WaitAny([all], Grace) == 0)
        {
            all.GetAwaiter().GetResult();
            _couriers.ForEach(courier => courier.Dispose());
        }
        _outbox.Dispose();
        _lock?.Dispose();
        _stop.Dispose();
    }
}
