using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tcpwhy.Alerting.Delivery;

/// <summary>Posts JSON within bounds of time, size and trust: certificates are checked, another host is never followed to, and of an address only the host is ever told.</summary>
internal sealed class HttpPost : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MostRedirects = 3;
    private const int MostBody = 64 * 1024;
    private static readonly TimeSpan BodyPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly DeliveryResult Cut = new("it closed the connection in the middle of its answer");

    private readonly ReceiverPlan _plan;
    private readonly TimeProvider _time;
    private readonly Func<Uri, Uri> _address;
    private HttpClient? _client;
    private bool _loopback;

    /// <param name="address">Makes of the configured address the one to post to.</param>
    public HttpPost(ReceiverPlan plan, Func<Uri, Uri> address, TimeProvider time) => (_plan, _address, _time) = (plan, address, time);

    /// <summary>Makes one attempt.</summary>
    /// <param name="id">Tells the receiver whether it had this before.</param>
    /// <param name="judge">Judges the body of an answer that says success; returns what is wrong with it, or null.</param>
    public async Task<DeliveryResult> SendAsync(byte[] json, string id, Func<string, string?>? judge, CancellationToken stop)
    {
        if (Address(out DeliveryResult obstacle) is not { } address)
            return obstacle;
        HttpClient client;
        try
        {
            client = Client(address);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return new DeliveryResult("the file of trusted certificates cannot be read: {0}", unreadable.Message);
        }
        using var late = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return await SendAsync(client, address, json, id, judge, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new DeliveryResult("no answer within {0}", $"{Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException failed)
        {
            return Words(failed);
        }
        catch (IOException)
        {
            return Cut;
        }
    }

    public void Dispose() => _client?.Dispose();

    private async Task<DeliveryResult> SendAsync(HttpClient client, Uri address, byte[] json, string id, Func<string, string?>? judge, CancellationToken stop)
    {
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new ByteArrayContent(json) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation("User-Agent", "tcpwhy");
            request.Headers.TryAddWithoutValidation("Idempotency-Key", id);
            if (address.UserInfo.Length > 0)
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo))));
            foreach ((string name, string value) in _plan.Headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            int status = (int)answer.StatusCode;
            if (answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            {
                if (redirects == MostRedirects)
                    return new DeliveryResult("its redirects do not end");
                if (Next(address, answer.Headers.Location) is not { } next)
                    return new DeliveryResult("it answered {0}, a redirect to another host, which is not followed: configure the final address", Number(status));
                address = next;
                continue;
            }
            if (!answer.IsSuccessStatusCode)
            {
                return new DeliveryResult(
                    "it answered {0}",
                    Number(status),
                    answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType,
                    Wait(answer.Headers.RetryAfter));
            }
            string? wrong = judge?.Invoke(await BodyAsync(answer, stop).ConfigureAwait(false));
            return new DeliveryResult(wrong);
        }
    }

    /// <summary>The beginning of an answer's body; one that does not end, or stalls, is left.</summary>
    private async Task<string> BodyAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(BodyPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        byte[] body = new byte[MostBody];
        int read = 0;
        try
        {
            using Stream stream = await answer.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            while (read < body.Length && await stream.ReadAsync(body.AsMemory(read), either.Token).ConfigureAwait(false) is > 0 and var more)
                read += more;
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException || (cut is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // The status has said it all; what came of the body is judged.
        }
        return Encoding.UTF8.GetString(body, 0, read);
    }

    private Uri? Address(out DeliveryResult obstacle)
    {
        obstacle = DeliveryResult.Arrived;
        Uri? address = _plan.Url;
        if (_plan.UrlFile is { } file)
        {
            try
            {
                string line = File.ReadAllText(file).Trim();
                // What stands in the file may be a secret, even when it is no address.
                if (!Uri.TryCreate(line, UriKind.Absolute, out address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
                    obstacle = new DeliveryResult("{0} holds no address as https://host/path", file);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                obstacle = new DeliveryResult("{0}", unreadable.Message);
            }
        }
        return obstacle.HasArrived ? _address(address!) : null;
    }

    private HttpClient Client(Uri address)
    {
        if (_client is not null && _loopback == address.IsLoopback)
            return _client;
        _client?.Dispose();
        _client = null;
        _loopback = address.IsLoopback;
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // A kept connection may be closed while the next request is on its way: the race that we diagnose.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
            MaxResponseHeadersLength = 64,
            UseProxy = !_loopback,
        };
        if (_plan.Authorities is { } file)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        return _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    // Whom the alerts go to is the configuration's to say: the same host alone, and never from https to http.
    private static Uri? Next(Uri from, Uri? location)
    {
        if (location is null || !Uri.TryCreate(from, location, out Uri? next) || next.Host != from.Host)
            return null;
        bool same = next.Scheme == from.Scheme && next.Port == from.Port;
        bool safer = from is { Scheme: "http", IsDefaultPort: true } && next is { Scheme: "https", IsDefaultPort: true };
        return !same && !safer ? null : from.UserInfo.Length == 0 ? next : new UriBuilder(next) { UserName = from.UserInfo.Split(':')[0], Password = from.UserInfo.Contains(':', StringComparison.Ordinal) ? from.UserInfo.Split(':', 2)[1] : "" }.Uri;
    }

    private TimeSpan? Wait(RetryConditionHeaderValue? after)
    {
        TimeSpan? wait = after?.Delta ?? after?.Date - _time.GetUtcNow();
        return wait is { } asked && asked > TimeSpan.Zero ? (asked < LongestWait ? asked : LongestWait) : null;
    }

    private static DeliveryResult Words(HttpRequestException failed) => failed.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new DeliveryResult("its name is not known"),
        HttpRequestError.SecureConnectionError => new DeliveryResult("no safe connection: {0}", Innermost(failed)),
        HttpRequestError.ResponseEnded => Cut,
        HttpRequestError.InvalidResponse => new DeliveryResult("its answer is no HTTP"),
        HttpRequestError.ConfigurationLimitExceeded => new DeliveryResult("the head of its answer is too large"),
        HttpRequestError.ProxyTunnelError => new DeliveryResult("the proxy refused"),
        _ => failed.InnerException is SocketException socket ? new DeliveryResult("cannot connect: {0}", socket.Message) : Cut,
    };

    private static string Number(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static string Innermost(Exception failed)
    {
        while (failed.InnerException is { } inner)
            failed = inner;
        return failed.Message;
    }
}
