using System.CommandLine;
using System.Globalization;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Readings;

namespace Tcpwhy.Cli.Commands;

/// <summary>From where on a reading is worth a warning, as the command line or the configuration says it.</summary>
internal sealed class ThresholdOptions
{
    private readonly Option<int> _connections;
    private readonly Option<int> _timeWait;
    private readonly Option<int> _rate;
    private readonly Option<double> _headroom;

    public ThresholdOptions(Session session)
    {
        Thresholds usual = Thresholds.Default;
        _connections = WholeNumber.Option(session, "--max-connections", "warn over so many connections (default 1000)", usual.MaxConnections, 1, int.MaxValue);
        _timeWait = WholeNumber.Option(session, "--max-time-wait", "warn over so many sockets in TIME_WAIT (default 5000)", usual.TimeWait, 1, int.MaxValue);
        _rate = WholeNumber.Option(session, "--max-connection-rate", "warn over so many new connections a second (default 100)", (int)usual.ConnectionRate, 1, int.MaxValue);
        _headroom = Parsed.Option<double>(session, "--near", "warn from this share of a limit on (default 80%)", "SHARE", TryParseShare, "{0} takes a share as 80%, not '{1}'");
        _headroom.DefaultValueFactory = _ => usual.Headroom;
    }

    public void AddTo(Command command)
    {
        command.Add(_connections);
        command.Add(_timeWait);
        command.Add(_rate);
        command.Add(_headroom);
    }

    public Thresholds From(ParseResult parsed) => Thresholds.Default with
    {
        MaxConnections = parsed.GetValue(_connections),
        TimeWait = parsed.GetValue(_timeWait),
        ConnectionRate = parsed.GetValue(_rate),
        Headroom = parsed.GetValue(_headroom),
    };

    private static bool TryParseShare(string text, out double share)
    {
        bool read = double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent);
        share = percent / 100;
        return read && text.EndsWith('%') && share is > 0 and <= 1;
    }
}
