using System.CommandLine;
using System.Globalization;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;
using Tcpwhy.Serving;

namespace Tcpwhy.Cli.Commands;

/// <summary>The options of <c>listen</c> that shape the server, and what contradicts what.</summary>
internal sealed class ListenOptions
{
    private readonly Session _session;
    private readonly Option<ListenMode> _mode;
    private readonly Option<bool> _tls = new("--tls") { Description = "speak TLS, with a certificate made in memory that nobody trusts" };
    private readonly Option<long> _body;
    private readonly Option<long?> _maxRequests;
    private readonly Option<TimeSpan> _acceptDelay;
    private readonly Option<long?> _backlog;
    private readonly Option<long?> _maxConnections;
    private readonly Option<long?> _closeAfter;
    private readonly Option<TimeSpan> _idleTimeout;
    private readonly Option<(TimeSpan? Time, long? Count)> _resetAfter;
    private readonly Option<bool> _closeUnread = new("--close-unread") { Description = "close when a request comes, without reading it" };
    private readonly Option<bool> _stopReading = new("--stop-reading") { Description = "accept and never read" };
    private readonly Option<double> _failRate;
    private readonly Option<ResponseDelay?> _responseDelay;

    public ListenOptions(Session session)
    {
        _session = session;
        _mode = Choice.Of(session, "--mode", "what to serve: send back, throw away, HTTP/1.1, or characters without end",
            ("echo", ListenMode.Echo), ("discard", ListenMode.Discard), ("http", ListenMode.Http), ("chargen", ListenMode.Chargen));
        _body = Size.Option(session, "--body", "size of an HTTP answer's body (default 2)", 2);
        _maxRequests = Counted("--max-requests", "HTTP requests per connection; the last answer says Connection: close");
        _acceptDelay = Duration.Option(session, "--accept-delay", "pause before each accept", TimeSpan.Zero);
        _backlog = Counted("--backlog", "connections that may wait to be accepted (default 4096)");
        _maxConnections = Counted("--max-connections", "connections open at one time; beyond it none is accepted");
        _closeAfter = Counted("--close-after", "close after N HTTP requests, else N bytes, without saying so before");
        _idleTimeout = Duration.Option(session, "--idle-timeout", "close a connection (FIN) that was idle for so long", TimeSpan.Zero);
        _resetAfter = Parsed.Option<(TimeSpan?, long?)>(_session, "--reset-after", "reset a connection at this age, or at its Nth HTTP request or byte, unanswered", "TIME|N", TryLimit,
            "{0} takes a time as 30s, or a count of 1 or more, not '{1}'");
        _failRate = Parsed.Option<double>(_session, "--fail-rate", "share of HTTP answers that are 500; with echo, of answers that are left out", "PERCENT", TryPercent,
            "{0} takes a share from 0% to 100%, as 1% or 0.5%, not '{1}'");
        _responseDelay = Parsed.Option<ResponseDelay?>(_session, "--response-delay", "pause before each answer: 5ms, exponential:10ms (mean) or uniform:1ms-9ms", "TIME|DISTRIBUTION", TryDelay,
            "{0} takes a pause as 5ms, exponential:10ms or uniform:1ms-9ms, not '{1}'");
    }

    public IEnumerable<Option> All =>
    [
        _mode, _tls, _body, _maxRequests, _acceptDelay, _backlog, _maxConnections, _closeAfter, _idleTimeout,
        _resetAfter, _closeUnread, _stopReading, _failRate, _responseDelay,
    ];

    /// <summary>The settings that were asked for.</summary>
    /// <exception cref="ToolException">Two options contradict each other, or one has nothing to act on.</exception>
    public ListenSettings Read(ParseResult parsed, Endpoint at)
    {
        (TimeSpan? age, long? count) = parsed.GetValue(_resetAfter);
        ListenSettings settings = new()
        {
            At = at,
            Mode = parsed.GetValue(_mode),
            Tls = parsed.GetValue(_tls),
            BodyBytes = parsed.GetValue(_body),
            MaxRequests = parsed.GetValue(_maxRequests),
            AcceptDelay = Time(parsed, _acceptDelay),
            Backlog = (int?)parsed.GetValue(_backlog),
            MaxConnections = (int?)parsed.GetValue(_maxConnections),
            CloseAfter = parsed.GetValue(_closeAfter),
            IdleTimeout = Time(parsed, _idleTimeout),
            ResetAfterTime = age,
            ResetAfterCount = count,
            CloseUnread = parsed.GetValue(_closeUnread),
            StopReading = parsed.GetValue(_stopReading),
            FailRate = parsed.GetValue(_failRate),
            ResponseDelay = parsed.GetValue(_responseDelay),
        };
        Check(parsed, settings);
        return settings;
    }

    private void Check(ParseResult parsed, ListenSettings settings)
    {
        Screen talk = _session.Talk;
        Option[] answering = [_body, _maxRequests, _closeAfter, _failRate, _responseDelay];
        if (settings.CloseUnread || settings.StopReading)
        {
            Option unread = settings.CloseUnread ? _closeUnread : _stopReading;
            foreach (Option other in (Option[])[.. answering, _mode, settings.CloseUnread ? _stopReading : _closeUnread])
                Parsed.Refuse(parsed.Gives(other), talk.T("{0} and {1} contradict each other: a server that does not read never answers", unread.Name, other.Name));
            Parsed.Refuse(settings.ResetAfterCount is not null, talk.T("{0} and {1} contradict each other: a server that does not read cannot count", unread.Name, _resetAfter.Name));
        }
        Parsed.Refuse(settings.CloseAfter is not null && settings.ResetAfterCount is not null,
            talk.T("{0} and {1} contradict each other: a connection ends once", _closeAfter.Name, _resetAfter.Name));
        foreach (Option option in (Option[])[_body, _maxRequests])
            Parsed.Refuse(parsed.Gives(option) && settings.Mode != ListenMode.Http, talk.T("{0} is for --mode {1}", option.Name, "http"));
        foreach (Option option in (Option[])[_failRate, _responseDelay])
            Parsed.Refuse(parsed.Gives(option) && settings.Mode is (ListenMode.Discard or ListenMode.Chargen), talk.T("{0} is for --mode {1}", option.Name, "http, echo"));
        Parsed.Refuse(settings.IdleTimeout is not null && settings.Mode == ListenMode.Chargen,
            talk.T("{0} and {1} contradict each other: a server that always sends is never idle", _idleTimeout.Name, "--mode chargen"));
    }

    private static TimeSpan? Time(ParseResult parsed, Option<TimeSpan> option) => parsed.GetValue(option) is { Ticks: > 0 } time ? time : null;

    private Option<long?> Counted(string name, string description) =>
        Parsed.Option<long?>(_session, name, description, "N", TryCount, "{0} takes a count of 1 or more, not '{1}'");

    private static bool TryCount(string text, out long? count)
    {
        bool is1OrMore = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number is > 0 and <= int.MaxValue;
        count = number;
        return is1OrMore;
    }

    private static bool TryLimit(string text, out (TimeSpan? Time, long? Count) limit)
    {
        bool counts = TryCount(text, out long? count);
        bool times = Duration.TryParse(text, out TimeSpan time);
        limit = counts ? (null, count) : (time, null);
        return counts || times;
    }

    private static bool TryPercent(string text, out double share)
    {
        share = 0;
        if (text is not [.., '%'] || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent))
            return false;
        share = percent / 100;
        return share is >= 0 and <= 1;
    }

    private static bool TryDelay(string text, out ResponseDelay? delay)
    {
        delay = null;
        string[] words = text.Split(':');
        string[] ends = words[^1].Split('-');
        if (words is [_] && Duration.TryParse(text, out TimeSpan time))
            delay = ResponseDelay.Fixed(text, time);
        else if (words is ["exponential", _] && Duration.TryParse(words[1], out TimeSpan mean))
            delay = ResponseDelay.Exponential(text, mean);
        else if (words is ["uniform", _] && ends is [var from, var to] && Duration.TryParse(from, out TimeSpan least) && Duration.TryParse(to, out TimeSpan most) && least <= most)
            delay = ResponseDelay.Uniform(text, least, most);
        return delay is not null;
    }
}
