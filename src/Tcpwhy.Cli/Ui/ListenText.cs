using Tcpwhy.Serving;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui;

/// <summary>What the test server says when it begins, and the summary of its run, for a person.</summary>
internal static class ListenText
{
    /// <summary>A line that begins with "listening", which scripts wait for, and one for each misbehaviour: how clients will see it.</summary>
    public static void Announce(TestServer server, TimeSpan limit, Screen talk)
    {
        ListenSettings settings = server.Settings;
        string what = Listened.Mode(settings) + (settings.Tls ? " + TLS" : "");
        talk.Line("listening ", limit > TimeSpan.Zero
            ? talk.T("on {0}, {1}, for {2}; Ctrl-C ends it early", server.Endpoint, what, Measure.Of(limit))
            : talk.T("on {0}, {1}; Ctrl-C ends it", server.Endpoint, what));
        foreach (Misbehaviour kind in Misbehaviours.Of(settings))
        {
            string sentence = Sentence(kind, settings, talk);
            string causes = string.Join(", ", Explained(kind));
            talk.Paragraph(2, 2, causes.Length == 0 ? $"{Misbehaviours.Option(kind)}: {sentence}" : $"{Misbehaviours.Option(kind)}: {sentence} ({causes})");
        }
    }

    public static void Write(Listened listened, Screen page)
    {
        ListenSettings settings = listened.Server.Settings;
        ListenCounters counters = listened.Server.Counters;
        page.Paragraph(0, new Piece(page.T("{0} requests on {1} connections in {2}.",
            Measure.Number(counters.Requests), Measure.Number(counters.Accepted), Measure.Of(listened.End - listened.Start)), Ink.Bold));
        page.Blank();
        Table table = new(Ink.Dim, Ink.Plain);
        table.Add(page.T("listened"), $"{listened.Server.Endpoint}, {Listened.Mode(settings)}{(settings.Tls ? " + TLS" : "")}");
        table.Add(page.T("connections"), page.T("{0} accepted, at most {1} at one time", Measure.Number(counters.Accepted), Measure.Number(counters.ActivePeak)));
        table.Add(page.T("bytes"), page.T("{0} in, {1} out", Measure.Bytes(counters.BytesReceived), Measure.Bytes(counters.BytesSent)));
        table.Add(page.T("ended by"), page.T("the peer: {0} FIN, {1} reset; us: {2} FIN, {3} reset; lost: {4}",
            Of(ConnectionEnding.PeerFin), Of(ConnectionEnding.PeerReset), Of(ConnectionEnding.OurFin), Of(ConnectionEnding.OurReset), Of(ConnectionEnding.Lost)));
        if (counters.BadRequests > 0)
            table.Add(page.T("refused"), page.Count(counters.BadRequests, "{0} request that was no HTTP", "{0} requests that were no HTTP"));
        if (counters.FailedHandshakes > 0)
            table.Add(page.T("TLS"), page.Count(counters.FailedHandshakes, "{0} handshake failed", "{0} handshakes failed"));
        if (counters.OutOfDescriptors > 0)
            table.Add(page.T("note"), page.T("accept failed for want of descriptors (ulimit -n): clients had to wait"));
        foreach (Misbehaviour kind in Misbehaviours.Of(settings))
        {
            string causes = string.Join(", ", Explained(kind));
            string times = kind == Misbehaviour.Backlog ? "" : $"{Measure.Number(counters.Misdeeds(kind))} × ";
            table.Add(page.T("on purpose"), $"{times}{Misbehaviours.Option(kind)}{(causes.Length > 0 ? $" ({causes})" : "")}");
        }
        double share = listened.Seconds > 0 ? listened.Cost.Cpu.TotalSeconds / listened.Seconds * 100 : 0;
        table.Add(page.T("own cost"), page.T("{0} s of one CPU{1}, {2} of memory at most",
            listened.Cost.Cpu.TotalSeconds.ToString("0.00"), $" ({share:0.0} %)", Measure.Bytes(listened.Cost.PeakMemoryBytes)));
        table.Write(page, 0);

        string Of(ConnectionEnding how) => Measure.Number(counters.Endings(how));
    }

    /// <summary>The causes that there is a page for.</summary>
    private static IEnumerable<string> Explained(Misbehaviour kind) => Misbehaviours.Causes(kind).Where(cause => CausePage.Find(cause) is not null);

    private static string Sentence(Misbehaviour kind, ListenSettings settings, Screen talk) => kind switch
    {
        Misbehaviour.AcceptDelay => talk.T("at most one connection in {0} is accepted; when more come, the queue fills and connecting takes 1 s, 3 s or fails", Measure.Of(settings.AcceptDelay ?? default)),
        Misbehaviour.Backlog => talk.T("with {0} waiting to be accepted, further clients get no answer to their SYN and repeat it", settings.Backlog + 1),
        Misbehaviour.MaxConnections => talk.T("with {0} open none is accepted: clients wait in the queue, and once it is full their SYN gets no answer", settings.MaxConnections),
        Misbehaviour.CloseAfter => settings.Mode == ListenMode.Http
            ? talk.T("FIN after {0} requests, which no answer announces: a client that sends another gets a reset or end of file", settings.CloseAfter)
            : talk.T("FIN after {0} bytes: a client that sends more gets a reset or end of file", settings.CloseAfter),
        Misbehaviour.IdleTimeout => talk.T("FIN after {0} idle: a client that uses the connection later gets a reset or end of file", Measure.Of(settings.IdleTimeout ?? default)),
        Misbehaviour.ResetAfter => settings.ResetAfterTime is { } age
            ? talk.T("reset at the age of {0}: clients get ECONNRESET", Measure.Of(age))
            : settings.Mode == ListenMode.Http
                ? talk.T("reset instead of the answer to request {0}: clients get ECONNRESET", settings.ResetAfterCount)
                : talk.T("reset at byte {0}: clients get ECONNRESET", settings.ResetAfterCount),
        Misbehaviour.CloseUnread => talk.T("closed with the request unread: clients get ECONNRESET instead of an answer"),
        Misbehaviour.StopReading => talk.T("nothing is read: after some kilobytes the window is 0 and clients' writes block"),
        Misbehaviour.FailRate => settings.Mode == ListenMode.Http
            ? talk.T("{0} % of the answers are 500, on a connection that stays sound", settings.FailRate * 100)
            : talk.T("{0} % of the answers are left out: clients wait in vain", settings.FailRate * 100),
        _ => talk.T("answers wait for {0} ({1} on average)", settings.ResponseDelay!.Text, Measure.Of(settings.ResponseDelay.Mean)),
    };
}
