using System.Net;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Attempts;

/// <summary>What any user can learn of the network namespace that we connect from: who listens, how full the queues are, the settings.</summary>
internal sealed class OwnNamespace(ProcFs proc, TimeProvider time)
{
    private const int DefaultSynRetries = 6;
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<Endpoint, Listening> _listeners = [];
    private SettingsRead? _settings;
    private long _settingsRead;
    private long? _looked;

    /// <summary>Inode of the namespace; 0 when /proc does not tell.</summary>
    public uint Inode { get; } = proc.OwnNetworkNamespace() ?? 0;

    /// <summary>How often a SYN is repeated here.</summary>
    public int SynRetries =>
        int.TryParse(new Sysctl(proc).Text("net.ipv4.tcp_syn_retries"), out int retries) ? retries : DefaultSynRetries;

    /// <summary>Whether a service is on this host: connections to an address of one's own come from that same address.</summary>
    public static bool IsHere(FailedAttempt failed) => IPAddress.IsLoopback(failed.Remote.Address) || failed.Local.Address.Equals(failed.Remote.Address);

    /// <summary>The settings, which may have been changed a moment ago.</summary>
    public IEnumerable<Event> Settings()
    {
        if (_settings is null || time.GetElapsedTime(_settingsRead) > Fresh)
        {
            _settings = new Namespaces(proc, time).Discover(ownOnly: true).OfType<SettingsRead>().FirstOrDefault() ?? _settings;
            _settingsRead = time.GetTimestamp();
        }
        return _settings is null ? [] : [_settings];
    }

    /// <summary>What changed among the listeners since the last look; looks twice a second at most.</summary>
    public IEnumerable<Event> Listeners()
    {
        if (_looked is { } last && time.GetElapsedTime(last) < Fresh)
            return [];
        _looked = time.GetTimestamp();
        try
        {
            return Look();
        }
        catch (KernelException)
        {
            return []; // a sandbox forbids it: less is known
        }
    }

    /// <summary>The listener of a service whose queue was full at the last look, or null.</summary>
    public Listening? Full(Endpoint service)
    {
        foreach (Listening listener in _listeners.Values)
        {
            if (listener.Local.Port == service.Port && listener.Waiting > listener.Backlog && Diagnosis.World.Covers(listener, service.Address))
                return listener;
        }
        return null;
    }

    private List<Event> Look()
    {
        var now = new Dictionary<Endpoint, Listening>();
        using var sockets = new InetDiagSocket();
        sockets.Dump(1u << (int)TcpState.Listen, InetDiagExtensions.None, (in InetDiagMessage socket) =>
        {
            Endpoint local = DiagEnds.Local(socket);
            now[local] = new Listening { Time = time.GetUtcNow(), Netns = Inode, Local = local, V6Only = socket.V6Only, Backlog = (int)socket.WriteQueue, Waiting = (int)socket.ReceiveQueue };
        });
        List<Event> changed = [.. _listeners.Values.Where(gone => !now.ContainsKey(gone.Local)).Select(gone => gone with { Closed = true }), .. now.Values];
        _listeners.Clear();
        foreach (Listening listener in now.Values)
            _listeners[listener.Local] = listener;
        return changed;
    }
}
