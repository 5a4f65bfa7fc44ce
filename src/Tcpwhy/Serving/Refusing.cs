using Tcpwhy.Model;

namespace Tcpwhy.Serving;

/// <summary>Servers that do not read what they are sent.</summary>
internal static class Refusing
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    /// <summary>Closes as soon as something has come, and reads none of it.</summary>
    public static async Task<ConnectionEnding> CloseUnreadAsync(ServedConnection connection)
    {
        await connection.WaitAsync();
        if (!connection.HasUnread)
            return connection.EndOfInput;
        connection.Counters.Misbehave(Misbehaviour.CloseUnread);
        return ConnectionEnding.OurReset;
    }

    /// <summary>Keeps the connection and never reads. That its peer has ended shows only in the socket's state, then.</summary>
    public static async Task<ConnectionEnding> StopReadingAsync(ServedConnection connection)
    {
        connection.Counters.Misbehave(Misbehaviour.StopReading);
        TcpState state;
        while ((state = connection.State()) == TcpState.Established && !connection.IsStopped)
            await Task.Delay(Glance);
        if (state == TcpState.Closed)
            return ConnectionEnding.PeerReset;
        // Closed unread it would be reset, which is another misbehaviour.
        connection.Drain();
        return connection.EndOfInput;
    }
}
