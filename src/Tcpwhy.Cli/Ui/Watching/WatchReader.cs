using Tcpwhy.Kernel.Proc;
using Tcpwhy.Pools;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Watching;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Reads the host for the view that is shown: the table of connections and pools cost more, so they are read only for those who look.</summary>
internal sealed class WatchReader(HostReader reader, ProcFs proc, WatchData data, ViewState state)
{
    private const int MostSockets = 500;
    private SocketPicker? _picker;
    private PoolSight? _sight;

    /// <summary>Reads once, in one pass over the sockets.</summary>
    public Reading Read()
    {
        View view;
        lock (data.Gate)
        {
            view = state.View;
            _picker = view == View.Connections ? new SocketPicker(state.Order, state.Ascending, state.Filter, MostSockets) : null;
        }
        _sight = view == View.Processes ? _sight ?? new PoolSight(proc, TimeProvider.System) : null;
        return _picker is { } picker ? reader.Read(picker.See, full: true)
            : _sight is { } sight ? reader.Read(sight.See, full: true)
            : reader.Read();
    }

    /// <summary>The tick of the last reading, with what was read for the view.</summary>
    public WatchLook Look(Tick tick, Alerting.AlertCenter alerts) => new(tick)
    {
        Sockets = _picker?.Picked(),
        SocketTotal = _picker?.Total ?? 0,
        Pools = _sight?.End(),
        Firing = alerts.Firing,
        AlertChanges = alerts.Recent,
    };
}
