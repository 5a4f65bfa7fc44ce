using System.Globalization;
using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Pools.Runtimes.DotNet;

/// <summary>Sums up what the meter System.Net.Http of .NET 8 and later publishes: requests, and how long they waited in a pool's queue.</summary>
internal sealed class HttpMeter
{
    public const string Name = "System.Net.Http";
    public const string Provider = "System.Diagnostics.Metrics";
    private const int MostServers = 1_000;
    private readonly Dictionary<(string Address, int Port), Sum> _servers = [];
    private readonly Lock _gate = new();

    /// <summary>Takes an event of the trace; others than of this meter's histograms are passed over.</summary>
    /// <exception cref="InvalidDataException">Its payload is malformed.</exception>
    public void Take(string provider, string name, ReadOnlySpan<byte> payload)
    {
        if (provider != Provider || name != "HistogramValuePublished")
            return;
        var fields = new PayloadReader(payload);
        fields.Text(); // session
        if (fields.Text() != Name)
            return;
        fields.Text(); // version
        string instrument = fields.Text();
        fields.Text(); // unit
        string tags = fields.Text(), quantiles = fields.Text();
        int count = fields.Int32();
        double seconds = fields.Double();
        if (count <= 0 || ServerOf(tags) is not { } server)
            return;
        lock (_gate)
        {
            if (!_servers.TryGetValue(server, out Sum? sum))
            {
                if (_servers.Count >= MostServers)
                    return;
                _servers[server] = sum = new Sum();
            }
            if (instrument == "http.client.request.time_in_queue")
                sum.Wait(count, seconds, Highest(quantiles));
            else if (instrument == "http.client.request.duration")
                sum.End(count, tags.Contains("error.type=", StringComparison.Ordinal));
        }
    }

    /// <summary>What was counted of requests to an end of a connection: of its address, else of the names with its port.</summary>
    public IReadOnlyList<OwnCount> Of(Endpoint destination)
    {
        lock (_gate)
        {
            List<OwnCount> literal = [], named = [];
            foreach (((string address, int port), Sum sum) in _servers)
            {
                if (port != destination.Port)
                    continue;
                bool isLiteral = IPAddress.TryParse(address.Trim('[', ']'), out IPAddress? ip);
                if (!isLiteral)
                    named.Add(sum.Of($"{address}:{port}"));
                else if (ip!.Equals(destination.Address))
                    literal.Add(sum.Of(destination.ToString()));
            }
            return literal.Count > 0 ? literal : named;
        }
    }

    private static (string, int)? ServerOf(string tags)
    {
        string? address = null, scheme = null;
        int port = 0;
        foreach (string tag in tags.Split(','))
        {
            int equals = tag.IndexOf('=', StringComparison.Ordinal);
            string value = tag[(equals + 1)..];
            switch (equals < 0 ? "" : tag[..equals])
            {
                case "server.address":
                    address = value;
                    break;
                case "server.port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number):
                    port = number;
                    break;
                case "url.scheme":
                    scheme = value;
                    break;
            }
        }
        return address is null ? null : (address, port != 0 ? port : scheme == "https" ? 443 : 80);
    }

    // 0.5=0.012;0.95=0.1;0.99=0.31
    private static double Highest(string quantiles)
    {
        int equals = quantiles.LastIndexOf('=');
        return equals >= 0 && double.TryParse(quantiles.AsSpan(equals + 1).TrimEnd(';'), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e6 ? seconds : 0;
    }

    private sealed class Sum
    {
        private long _requests, _failed, _waited;
        private double _waitedSeconds, _longest;

        public void Wait(int count, double seconds, double longest)
        {
            _waited += count;
            if (seconds is >= 0 and < 1e9)
                _waitedSeconds += seconds;
            _longest = Math.Max(_longest, longest);
        }

        public void End(int count, bool failed)
        {
            _requests += count;
            _failed += failed ? count : 0;
        }

        public OwnCount Of(string server) => new(server, _requests, _failed, _waited,
            TimeSpan.FromSeconds(_waited == 0 ? 0 : Math.Min(_waitedSeconds / _waited, 1e6)), TimeSpan.FromSeconds(_longest));
    }
}
