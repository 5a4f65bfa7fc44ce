using Tcpwhy.Attempts;
using Tcpwhy.Kernel;

namespace Tcpwhy.Loading;

// From the first SYN to a connection.
internal sealed partial class LoadLoop
{
    private void Open(int slot, long now)
    {
        ref Connection connection = ref _connections[slot];
        connection.Opened = connection.LastTraffic = now;
        connection.Due = _due.Take(now);
        connection.Sent = connection.Received = 0;
        connection.SentOfRequest = connection.Requests = 0;
        connection.Answer = default;
        connection.RawLeft = _plan.AnswerBytes;
        _connections.Move(slot, Standing.Connecting, now);
        Counts.Opened++;
        int error = _sockets.Open(slot, _target, _sources[slot % _sources.Length], _plan.Settings);
        if (error < 0)
        {
            Fail(slot, AttemptStage.Connect, -error);
            return;
        }
        if (_eager && BeginEagerly(slot))
            return;
        error = _sockets.Watch(slot, writing: true, again: false);
        if (error < 0)
            Fail(slot, AttemptStage.Connect, -error);
    }

    // On loopback the handshake is over when connect returns: what comes next need not wait for epoll.
    private bool BeginEagerly(int slot)
    {
        long now = Now();
        if (_plan.Request.Length == 0)
        {
            if (!_sockets.IsConnected(slot))
                return _eager = false;
            Established(slot, now);
            Settle(slot, now, watched: false);
            return true;
        }
        int sent = _sockets.Send(slot, _plan.Request);
        if (sent == -Errno.EAGAIN)
            return _eager = false;
        if (sent < 0)
        {
            Fail(slot, AttemptStage.Connect, -sent);
            return true;
        }
        Established(slot, now);
        Account(ref _connections[slot], sent);
        _connections.Move(slot, Standing.Asking, now);
        int error = _sockets.Watch(slot, writing: sent < _plan.Request.Length, again: false);
        if (error < 0)
            Fail(slot, AttemptStage.Request, -error);
        return true;
    }

    private void Established(int slot, long now)
    {
        Counts.Connected++;
        Counts.Connect.Record(now - _connections[slot].Opened);
        if (++Counts.Active > Counts.MostActive)
            Counts.MostActive = Counts.Active;
    }

    // A connection on which nothing is sent has reached its end.
    private void Settle(int slot, long now, bool watched)
    {
        Succeed(slot, now);
        if (!_plan.Hold)
        {
            Close(slot, Standing.Free, now);
            return;
        }
        _connections.Move(slot, Standing.Held, now);
        int error = watched ? 0 : _sockets.Watch(slot, writing: false, again: false);
        if (error < 0)
            Fail(slot, AttemptStage.Connect, -error);
    }
}
