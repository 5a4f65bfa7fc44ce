using System.Text.Json.Serialization;

namespace Tcpwhy.Loading;

/// <summary>What one loop of a load has counted. Written by its thread alone; others may look at it meanwhile.</summary>
public sealed class LoadCounts
{
    [JsonIgnore]
    public Histogram Latency { get; } = new();

    [JsonIgnore]
    public Histogram Connect { get; } = new();

    [JsonIgnore]
    public SocketTally Sockets { get; } = new();

    [JsonIgnore]
    public SlowAttempts Slowest { get; } = new();

    /// <summary>Connections that were begun.</summary>
    public long Opened { get; set; }

    /// <summary>Connections that came about.</summary>
    public long Connected { get; set; }

    /// <summary>Attempts with a good outcome: a request that was answered, or a connection where nothing is sent.</summary>
    public long Succeeded { get; set; }

    /// <summary>Requests that were answered.</summary>
    public long Requests { get; set; }

    /// <summary>Those of them that were answered before the load's time was up.</summary>
    public long RequestsInTime { get; set; }
    public long Failed { get; set; }

    /// <summary>Answers of HTTP with a status of 400 to 499.</summary>
    public long ClientErrors { get; set; }

    /// <summary>Answers of HTTP with a status of 500 or more.</summary>
    public long ServerErrors { get; set; }

    /// <summary>Failures for which what came was no answer of the protocol.</summary>
    public long Malformed { get; set; }

    /// <summary>Failures for which TLS was not agreed upon.</summary>
    public long TlsFailed { get; set; }

    /// <summary>Connects refused by this host for want of a port (EADDRNOTAVAIL).</summary>
    public long PortsMissing { get; set; }

    /// <summary>Sockets refused by this host for want of a descriptor (EMFILE, ENFILE).</summary>
    public long DescriptorsMissing { get; set; }

    /// <summary>Connections that the peer closed between two requests, as it may.</summary>
    public long ClosedIdle { get; set; }
    public long BytesSent { get; set; }
    public long BytesReceived { get; set; }

    /// <summary>Connections established now.</summary>
    public long Active { get; set; }

    /// <summary>The most that were established at once.</summary>
    public long MostActive { get; set; }

    /// <summary>Attempts under way when the load was stopped before their time.</summary>
    public long Unfinished { get; set; }

    /// <summary>Attempts that were due by the rate, and for which no connection became free in time.</summary>
    public long NeverBegun { get; set; }

    /// <summary>Processor time of the loop.</summary>
    public TimeSpan Cpu { get; set; }

    /// <summary>From the start to the last outcome.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Takes over what another loop has counted.</summary>
    public void Add(LoadCounts other)
    {
        Latency.Add(other.Latency);
        Connect.Add(other.Connect);
        Sockets.Add(other.Sockets);
        Slowest.Add(other.Slowest);
        AddNumbers(other);
    }

    /// <summary>Takes over the plain numbers alone: enough for a look meanwhile.</summary>
    public void AddNumbers(LoadCounts other)
    {
        Opened += other.Opened;
        Connected += other.Connected;
        Succeeded += other.Succeeded;
        Requests += other.Requests;
        RequestsInTime += other.RequestsInTime;
        NeverBegun += other.NeverBegun;
        Failed += other.Failed;
        ClientErrors += other.ClientErrors;
        ServerErrors += other.ServerErrors;
        Malformed += other.Malformed;
        TlsFailed += other.TlsFailed;
        PortsMissing += other.PortsMissing;
        DescriptorsMissing += other.DescriptorsMissing;
        ClosedIdle += other.ClosedIdle;
        BytesSent += other.BytesSent;
        BytesReceived += other.BytesReceived;
        Active += other.Active;
        MostActive += other.MostActive;
        Unfinished += other.Unfinished;
        Cpu += other.Cpu;
        Elapsed = Elapsed > other.Elapsed ? Elapsed : other.Elapsed;
    }
}
