using System.Net;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;

namespace Tcpwhy.Loading;

// How attempts and connections end, and what is counted of it.
internal sealed partial class LoadLoop
{
    private void Succeed(int slot, long now)
    {
        ref Connection connection = ref _connections[slot];
        Counts.Succeeded++;
        Counts.Elapsed = TimeSpan.FromTicks(now / 100);
        long took = now - connection.Due;
        Counts.Latency.Record(took);
        if (Counts.Slowest.Wants(took))
        {
            bool first = connection.Requests == 0;
            long waited = Math.Max((first ? connection.Opened : connection.Since) - connection.Due, 0);
            Counts.Slowest.Add(new SlowAttempt(TimeSpan.FromTicks(connection.Due / 100), TimeSpan.FromTicks(took / 100), TimeSpan.FromTicks(waited / 100), LocalOf(slot), first));
        }
    }

    // A held connection ended, or has bytes, which are read and let go.
    private void Lose(int slot)
    {
        int received = _answers.Drain(slot, ref _connections[slot]);
        if (received == -Errno.EAGAIN)
            return;
        Counts.Succeeded--;
        Fail(slot, AttemptStage.Idle, -received, peerClosed: received == 0);
    }

    // A failure that is none of TCP's.
    private void Fail(int slot)
    {
        long now = Now();
        Counts.Failed++;
        Counts.Elapsed = TimeSpan.FromTicks(now / 100);
        Close(slot, Standing.Resting, now);
    }

    private void Fail(int slot, AttemptStage stage, int errno, bool timedOut = false, bool peerClosed = false)
    {
        ref Connection connection = ref _connections[slot];
        long now = Now();
        Counts.Failed++;
        Counts.Elapsed = TimeSpan.FromTicks(now / 100);
        Counts.PortsMissing += errno == Errno.EADDRNOTAVAIL ? 1 : 0;
        Counts.DescriptorsMissing += errno is Errno.EMFILE or Errno.ENFILE ? 1 : 0;
        TcpInfo info = default;
        bool known = _sockets.IsOpen(slot) && _sockets.TryReadInfo(slot, out info);
        _onFailure(new FailedAttempt
        {
            Time = _time.GetUtcNow(),
            Stage = stage,
            Local = LocalOf(slot),
            Remote = _plan.Target,
            Errno = errno,
            TimedOut = timedOut,
            PeerClosed = peerClosed,
            SinceTraffic = TimeSpan.FromTicks(Math.Max((stage == AttemptStage.Idle ? now : connection.Since) - connection.LastTraffic, 0) / 100),
            Sample = known ? SocketSample.Of(info) : null,
            BytesSent = connection.Sent,
            BytesReceived = connection.Received,
        });
        Close(slot, Standing.Resting, now);
    }

    private Endpoint LocalOf(int slot) => _sockets.IsOpen(slot) && _sockets.LocalOf(slot) is { } local ? new Endpoint(local.Address, local.Port)
        : new Endpoint(_target.IsV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);

    private void Close(int slot, Standing to, long now)
    {
        if (_connections[slot].Standing is Standing.Asking or Standing.Idle or Standing.Held || (to == Standing.Free && _connections[slot].Standing == Standing.Connecting))
            Counts.Active--;
        if (_sockets.IsOpen(slot) && to == Standing.Free && Counts.Sockets.Wants() && _sockets.TryReadInfo(slot, out TcpInfo info))
            Counts.Sockets.Add(info);
        _answers.Forget(slot);
        _sockets.Close(slot);
        _connections.Move(slot, to, now);
    }

    private void CloseAll()
    {
        long now = Now();
        foreach (Standing standing in (ReadOnlySpan<Standing>)[Standing.Idle, Standing.Held, Standing.Asking, Standing.Connecting])
        {
            while (_connections.Oldest(standing) is >= 0 and int slot)
                Close(slot, standing == Standing.Connecting ? Standing.Resting : Standing.Free, now);
        }
    }
}
