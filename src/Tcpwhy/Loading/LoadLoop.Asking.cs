using Tcpwhy.Attempts;
using Tcpwhy.Kernel;

namespace Tcpwhy.Loading;

// From a request to its answer.
internal sealed partial class LoadLoop
{
    private void Ask(int slot, long now)
    {
        ref Connection connection = ref _connections[slot];
        connection.Due = _due.Take(now);
        connection.Answer = default;
        connection.RawLeft = _plan.AnswerBytes;
        connection.SentOfRequest = 0;
        Send(slot, now);
    }

    private void Send(int slot, long now)
    {
        _connections.Move(slot, Standing.Asking, now);
        Continue(slot);
    }

    // Sends what the socket takes; false when the attempt failed.
    private bool Continue(int slot)
    {
        ref Connection connection = ref _connections[slot];
        int sent = _sockets.Send(slot, _plan.Request.AsSpan(connection.SentOfRequest));
        if (sent < 0 && sent != -Errno.EAGAIN)
        {
            // A server that answers early and closes has often sent its answer already; only the peer's word tells.
            Fail(slot, AttemptStage.Request, -sent);
            return false;
        }
        if (sent > 0)
            Account(ref connection, sent);
        if (connection.SentOfRequest < _plan.Request.Length && _sockets.Watch(slot, writing: true, again: true) < 0)
        {
            Fail(slot, AttemptStage.Request, Errno.EINVAL);
            return false;
        }
        return true;
    }

    private void Account(ref Connection connection, int sent)
    {
        connection.SentOfRequest += sent;
        connection.Sent += sent;
        Counts.BytesSent += sent;
    }

    private void Receive(int slot, bool ended)
    {
        switch (_answers.Read(slot, ref _connections[slot], ended))
        {
            case AnswerEnd.Complete:
                Answered(slot, _answers.Reusable);
                break;
            case AnswerEnd.Malformed:
                Counts.Malformed++;
                Fail(slot);
                break;
            case AnswerEnd.Broken:
                Fail(slot, AttemptStage.Response, -_answers.Broken, peerClosed: _answers.Broken == 0);
                break;
        }
    }

    private void Answered(int slot, bool reusable)
    {
        ref Connection connection = ref _connections[slot];
        long now = Now();
        Counts.Requests++;
        if (connection.Answer.Status >= 500)
            Counts.ServerErrors++;
        else if (connection.Answer.Status >= 400)
            Counts.ClientErrors++;
        Succeed(slot, now);
        connection.LastTraffic = now;
        connection.Requests++;
        bool last = !reusable || connection.Answer.Closes || connection.Requests == _plan.PerConnection;
        if (_plan.Hold && !last)
            _connections.Move(slot, Standing.Held, now);
        else if (last)
            Close(slot, Standing.Free, now);
        else if (!_due.AreSpent && now < End && _due.IsDue(now))
            Ask(slot, now);
        else
            _connections.Move(slot, Standing.Idle, now);
    }
}
