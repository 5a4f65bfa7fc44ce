using System.Diagnostics;
using System.Net.Sockets;

namespace Tcpwhy.Probing;

/// <summary>After how many requests a service ends a connection that is never idle.</summary>
/// <param name="Ended">Null when it was still open after the last that was tried.</param>
/// <param name="AnnouncedIdle">What the first reply's Keep-Alive field promises, or null.</param>
internal sealed record RequestLimit(int? Ended, int Tried, TimeSpan? AnnouncedIdle)
{
    // nginx ends a connection after 1000, Apache after 100; what allows more does not matter to a pool.
    private const int Most = 1001;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(5);

    /// <summary>Makes one request after the other on one connection, at most 1001 and for at most 5 s; null when it failed otherwise.</summary>
    public static async Task<RequestLimit?> FindAsync(IdleTarget target, CancellationToken stop)
    {
        int tried = 0;
        TimeSpan? announced = null;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(target.Plan.ResponseTimeout);
            using Socket socket = target.NewSocket();
            await using Stream stream = await target.ConnectAsync(socket, patience.Token);
            var replies = new ReplyReader(stream);
            byte[] request = target.Request;
            for (long began = Stopwatch.GetTimestamp(); tried < Most && Stopwatch.GetElapsedTime(began) < LongEnough;)
            {
                patience.CancelAfter(target.Plan.ResponseTimeout);
                await stream.WriteAsync(request, patience.Token);
                Reply reply = await replies.ReadAsync(patience.Token);
                tried++;
                announced ??= reply.AnnouncedIdle;
                if (reply.Closes)
                    return new RequestLimit(tried, tried, announced);
            }
            return new RequestLimit(null, tried, announced);
        }
        catch (Exception ended) when (ended is IOException && tried > 0)
        {
            return new RequestLimit(tried, tried, announced);
        }
        catch (Exception failed) when (IdleTarget.IsFailure(failed))
        {
            return tried == 0 ? null : new RequestLimit(null, tried, announced);
        }
    }
}
