using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Sockets;

namespace Tcpwhy.Loading;

/// <summary>What reading an answer came to.</summary>
internal enum AnswerEnd
{
    /// <summary>More will come.</summary>
    Awaited,
    Complete,
    Malformed,

    /// <summary>The connection ended or broke within it.</summary>
    Broken,
}

/// <summary>Reads answers from all sockets of a loop through one buffer; of a head that came in pieces, it keeps the beginning.</summary>
internal sealed class AnswerReader(SocketSet sockets, LoadPlan plan, LoadCounts counts)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Dictionary<int, byte[]> _heads = [];

    /// <summary>Whether the last complete answer left nothing behind it on its connection.</summary>
    public bool Reusable { get; private set; }

    /// <summary>What receive(2) said of the last broken answer: 0 when the peer closed, below 0 the errno.</summary>
    public int Broken { get; private set; }

    /// <summary>Takes what a socket has, up to the end of an answer.</summary>
    /// <param name="ended">Whether the peer is known to have ended the connection behind what is to be read.</param>
    public AnswerEnd Read(int slot, ref Connection connection, bool ended)
    {
        while (true)
        {
            int kept = 0;
            if (_heads.Count > 0 && _heads.Remove(slot, out byte[]? head))
            {
                head.CopyTo(_buffer, 0);
                kept = head.Length;
            }
            int received = sockets.Receive(slot, _buffer.AsSpan(kept));
            if (received <= 0)
            {
                if (kept > 0)
                    _heads[slot] = _buffer[..kept];
                if (received == -Errno.EAGAIN)
                    return AnswerEnd.Awaited;
                (Reusable, Broken) = (false, received);
                return received == 0 && connection.Answer.EndsWithConnection ? AnswerEnd.Complete : AnswerEnd.Broken;
            }
            counts.BytesReceived += received;
            connection.Received += received;
            switch (Take(ref connection, _buffer.AsSpan(0, kept + received), out int used))
            {
                case AnswerProgress.Complete:
                    Reusable = !ended && used == kept + received && connection.SentOfRequest == plan.Request.Length;
                    return AnswerEnd.Complete;
                case AnswerProgress.Malformed:
                    return AnswerEnd.Malformed;
                case AnswerProgress.HeadIncomplete when used < kept + received:
                    _heads[slot] = _buffer[used..(kept + received)];
                    break;
            }
            // A short read has emptied the socket; but behind the data an end may stand.
            if (kept + received < _buffer.Length && !ended)
                return AnswerEnd.Awaited;
        }
    }

    /// <summary>Reads and lets go what comes on a connection that nothing is asked of; returns what receive(2) said at last: 0 when the peer closed, below 0 the errno.</summary>
    public int Drain(int slot, ref Connection connection)
    {
        int received;
        while ((received = sockets.Receive(slot, _buffer)) > 0)
        {
            connection.Received += received;
            counts.BytesReceived += received;
        }
        return received;
    }

    /// <summary>Forgets what was kept of a connection that is closed.</summary>
    public void Forget(int slot)
    {
        if (_heads.Count > 0)
            _heads.Remove(slot);
    }

    private AnswerProgress Take(ref Connection connection, ReadOnlySpan<byte> data, out int used)
    {
        if (plan.Protocol == LoadProtocol.Http)
            return connection.Answer.Take(data, out used);
        used = data.Length;
        connection.RawLeft -= data.Length;
        return connection.RawLeft > 0 ? AnswerProgress.Incomplete : AnswerProgress.Complete;
    }
}
