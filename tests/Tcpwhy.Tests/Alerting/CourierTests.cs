using Tcpwhy.Alerting;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public sealed class CourierTests : IAsyncDisposable
{
    private static readonly ReceiverPlan Plan = new("hook", ReceiverKind.Webhook);
    private readonly MovingTime _time = new(Given.Start);
    private readonly List<string> _said = [];
    private readonly Script _receiver = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Outbox _outbox;
    private readonly Courier _courier;
    private readonly Task _working;

    public CourierTests()
    {
        _outbox = new Outbox(null, KeptAlerts.Fresh(), [Plan], Say);
        _courier = new Courier(Plan, _receiver, _outbox, _time, Say);
        _working = Task.Run(() => _courier.RunAsync(_stop.Token));
    }

    [Fact]
    public async Task A_receiver_that_is_down_for_ten_minutes_loses_none_and_gets_them_in_order()
    {
        _receiver.Answer = _ => new DeliveryResult("it answered {0}", "500");
        for (int second = 0; second < 600; second++)
        {
            if (second % 10 == 0)
                _outbox.Post([Given.Fired($"rule-{second}")], []);
            await Given.Until(() => _time.Set > 0);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Empty(_receiver.Taken);
        // Tried often at first, and then about every minute.
        Assert.InRange(_receiver.Tries, 12, 30);
        _receiver.Answer = _ => DeliveryResult.Arrived;
        await Given.Until(() => _time.Set > 0);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Given.Until(() => _receiver.Taken.Count == 60);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"rule-{i * 10}"), _receiver.Taken);
        Assert.True(_outbox.IsEmpty(Plan));
        Assert.Equal(["receiver 'hook' takes no alert: it answered 500; tried again until it does", "receiver 'hook' takes alerts again"], _said);
    }

    [Fact]
    public async Task A_message_that_is_refused_does_not_hold_those_behind()
    {
        _receiver.Answer = notice => notice.Change.Alert.Rule == "poison" ? new DeliveryResult("it answered {0}", "400", Refused: true) : DeliveryResult.Arrived;
        _outbox.Post([Given.Fired("poison"), Given.Fired("good")], []);
        for (int i = 0; i < 2; i++)
        {
            await Given.Until(() => _time.Set > 0);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        await Given.Until(() => _receiver.Taken.Count == 1);
        Assert.Equal("good", Assert.Single(_receiver.Taken));
        Assert.Contains("receiver 'hook' refuses the alert poison, which is dropped: it answered 400", _said);
    }

    [Fact]
    public async Task What_is_older_than_a_day_is_dropped_and_said()
    {
        _time.Advance(TimeSpan.FromHours(25));
        _outbox.Post([Given.Fired("old")], []);
        await Given.Until(() => _outbox.IsEmpty(Plan));
        Assert.Empty(_receiver.Taken);
        Assert.Equal(["receiver 'hook': 1 alerts are older than a day and are dropped"], _said);
    }

    [Fact]
    public async Task What_fires_is_sent_again_before_it_is_forgotten()
    {
        _receiver.Resend = TimeSpan.FromMinutes(1);
        _outbox.Post([Given.Fired()], [Given.Alert()]);
        await Given.Until(() => _receiver.Tries == 1);
        for (int minute = 0; minute < 5; minute++)
        {
            await Given.Until(() => _time.Set > 0);
            int tries = _receiver.Tries;
            _time.Advance(TimeSpan.FromSeconds(60));
            await Given.Until(() => _receiver.Tries > tries);
        }
        _outbox.Post([Given.Ended()], []);
        await Given.Until(() => _receiver.Taken.Count == 2);
        await Given.Until(() => _time.Set == 0);
        int last = _receiver.Tries;
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(last, _receiver.Tries);
    }

    [Fact]
    public void Pauses_grow_to_a_minute_and_half_of_them_is_chance()
    {
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], Enumerable.Range(1, 8).Select(failures => Courier.Pause(failures, 0).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(1), Courier.Pause(int.MaxValue, 1));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _working;
        _courier.Dispose();
        _outbox.Dispose();
        _stop.Dispose();
    }

    private void Say(string phrase, object[] values)
    {
        lock (_said)
            _said.Add(string.Format(phrase, [.. values.Select(value => value is DeliveryResult result ? result.In(Language.English) : value)]));
    }

    private sealed class Script : IAlertReceiver
    {
        private readonly List<string> _taken = [];

        public int Batch => 1;

        public TimeSpan? Resend { get; set; }

        public Func<AlertNotice, DeliveryResult> Answer { get; set; } = _ => DeliveryResult.Arrived;

        public int Tries { get; private set; }

        public IReadOnlyList<string> Taken
        {
            get
            {
                lock (_taken)
                    return [.. _taken];
            }
        }

        public Task<DeliveryResult> SendAsync(IReadOnlyList<AlertNotice> notices, IReadOnlyList<Alert> firing, CancellationToken stop)
        {
            lock (_taken)
            {
                Tries++;
                DeliveryResult result = notices.Count == 0 ? DeliveryResult.Arrived : Answer(notices[0]);
                if (result.HasArrived)
                    _taken.AddRange(notices.Select(notice => notice.Change.Alert.Rule));
                return Task.FromResult(result);
            }
        }

        public void Dispose()
        {
        }
    }
}
