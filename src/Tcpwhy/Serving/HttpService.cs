using System.Buffers;

namespace Tcpwhy.Serving;

/// <summary>HTTP/1.1 with keep-alive: requests are answered one after the other in their order, pipelined or not.</summary>
internal sealed class HttpService
{
    private const int BufferBytes = 16 * 1024;
    private readonly ServedConnection _connection;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private long _requests;

    private HttpService(ServedConnection connection) => _connection = connection;

    public static async Task<ConnectionEnding> ServeAsync(ServedConnection connection)
    {
        HttpService service = new(connection);
        try
        {
            return await service.AnswerAllAsync();
        }
        finally
        {
            service.Release();
        }
    }

    private async Task<ConnectionEnding> AnswerAllAsync()
    {
        while (true)
        {
            HttpReading reading = HttpRequestHead.Read(Unread, out HttpRequestHead head, out int length);
            if (reading == HttpReading.Incomplete && _end - _start == BufferBytes)
                reading = HttpReading.HeadTooLarge;
            if (reading == HttpReading.Incomplete)
            {
                if (!await FillAsync())
                    return _connection.EndOfInput;
                continue;
            }
            if (reading != HttpReading.Complete)
                return await RefuseAsync(reading);
            _start += length;
            HttpBody body = new(head);
            while (true)
            {
                _start += body.Pass(Unread);
                if (body.IsOver)
                    break;
                if (body.IsMalformed)
                    return await RefuseAsync(HttpReading.BadRequest);
                if (!await FillAsync())
                    return _connection.EndOfInput;
            }
            if (await AnswerAsync(head) is { } ending)
                return ending;
        }
    }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    private async ValueTask<ConnectionEnding?> AnswerAsync(HttpRequestHead head)
    {
        ListenSettings settings = _connection.Settings;
        _connection.Counters.Request();
        _requests++;
        if (_requests == settings.ResetAfterCount)
        {
            _connection.Counters.Misbehave(Misbehaviour.ResetAfter);
            return ConnectionEnding.OurReset;
        }
        if (settings.ResponseDelay is not null)
            await _connection.DelayAsync();
        bool closes = !head.KeepsAlive || _requests == settings.MaxRequests;
        await _connection.WriteAsync(_connection.Replies.To(head, closes, _connection.Fails(), out long follow));
        for (ReadOnlyMemory<byte> next; follow > 0; follow -= next.Length)
        {
            next = Filler.UpTo(follow);
            await _connection.WriteAsync(next);
        }
        if (_requests == settings.CloseAfter)
        {
            _connection.Counters.Misbehave(Misbehaviour.CloseAfter);
            return ConnectionEnding.OurFin;
        }
        return closes ? ConnectionEnding.OurFin : null;
    }

    private async Task<ConnectionEnding> RefuseAsync(HttpReading reading)
    {
        _connection.Counters.BadRequest();
        await _connection.WriteAsync(HttpReplies.Refusal(reading));
        await _connection.LingerAsync();
        return ConnectionEnding.OurFin;
    }

    /// <summary>Reads more; false at the end. Nothing is held while nothing has come.</summary>
    private async ValueTask<bool> FillAsync()
    {
        if (_start == _end)
        {
            Release();
            await _connection.WaitAsync();
        }
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        int read = await _connection.ReadAsync(_buffer.AsMemory(_end, BufferBytes - _end));
        _end += read;
        return read > 0;
    }

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (null, 0, 0);
    }
}
