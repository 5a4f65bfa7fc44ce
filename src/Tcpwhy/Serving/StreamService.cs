using System.Buffers;

namespace Tcpwhy.Serving;

/// <summary>The services without requests: echo, discard, chargen.</summary>
internal static class StreamService
{
    private const int BufferBytes = 16 * 1024;

    public static Task<ConnectionEnding> EchoAsync(ServedConnection connection) => ReadAllAsync(connection, echo: true);

    public static Task<ConnectionEnding> DiscardAsync(ServedConnection connection) => ReadAllAsync(connection, echo: false);

    /// <summary>Sends without end, and throws away what comes.</summary>
    public static async Task<ConnectionEnding> GenerateAsync(ServedConnection connection)
    {
        long left = connection.Settings.CloseAfter ?? connection.Settings.ResetAfterCount ?? long.MaxValue;
        Task<ConnectionEnding> reading = ReadAllAsync(connection, echo: false);
        while (left > 0 && !reading.IsCompleted)
        {
            ReadOnlyMemory<byte> next = Filler.UpTo(left);
            await connection.WriteAsync(next);
            left -= next.Length;
        }
        if (left > 0)
            return await reading;
        ConnectionEnding how = Counted(connection);
        // The read is still under way.
        if (how == ConnectionEnding.OurFin)
            connection.SayFin();
        return how;
    }

    private static async Task<ConnectionEnding> ReadAllAsync(ServedConnection connection, bool echo)
    {
        bool counts = connection.Settings.Mode != ListenMode.Chargen;
        long left = (counts ? connection.Settings.CloseAfter ?? connection.Settings.ResetAfterCount : null) ?? long.MaxValue;
        while (true)
        {
            await connection.WaitAsync();
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            try
            {
                int read = await connection.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, BufferBytes)));
                if (read == 0)
                    return connection.EndOfInput;
                connection.Counters.Request();
                left -= read;
                if (left == 0 && connection.Settings.ResetAfterCount is not null)
                    return Counted(connection);
                if (echo && !connection.Fails())
                {
                    await connection.DelayAsync();
                    await connection.WriteAsync(buffer.AsMemory(0, read));
                }
                if (left == 0)
                    return Counted(connection);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static ConnectionEnding Counted(ServedConnection connection)
    {
        bool resets = connection.Settings.ResetAfterCount is not null;
        connection.Counters.Misbehave(resets ? Misbehaviour.ResetAfter : Misbehaviour.CloseAfter);
        return resets ? ConnectionEnding.OurReset : ConnectionEnding.OurFin;
    }
}
