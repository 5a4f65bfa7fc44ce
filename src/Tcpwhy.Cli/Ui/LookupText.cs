using Tcpwhy.History;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>For a person: the verdict of the connection that a log's line speaks of, or the nearest ones and why they are near.</summary>
internal static class LookupText
{
    public static void Write(LookupAnswer answer, Screen screen)
    {
        if (answer.Found is { } found)
        {
            Example one = found.Connection;
            screen.Paragraph(0, new Piece(screen.T("{0} ended at {1} UTC: {2}.", $"{one.Local} → {one.Remote}", When(one), Why(found, screen)), Ink.Bold));
            screen.Blank();
            FindingText.Write(found.Finding, screen);
            screen.Blank();
            screen.Line(new Piece(screen.T("More about it: {0}", $"tcpwhy explain {found.Finding.Cause}"), Ink.Dim));
            return;
        }
        screen.Paragraph(0, new Piece(answer.Fitting > 1
            ? screen.T("{0} connections that broke fit this line; the nearest:", Measure.Number(answer.Fitting))
            : screen.T("No connection that broke fits this line."), Ink.Bold));
        if (answer.Fitting == 0 && answer.Watched is { } watched)
        {
            screen.Paragraph(0, watched
                ? screen.T("The host was watched at that time: what the line speaks of ended in order, or was not TCP of this host.")
                : screen.T("Nobody watched at that time."));
        }
        if (answer.Near.Count == 0)
            return;
        if (answer.Fitting == 0)
        {
            screen.Blank();
            screen.Line(screen.T("The nearest that broke:"));
        }
        Table table = new(Ink.Plain, Ink.Cyan, Ink.Dim);
        foreach (Candidate near in answer.Near)
            table.Add($"{When(near.Connection)} {near.Connection.Local} → {near.Connection.Remote}", near.Finding.Cause, Why(near, screen));
        table.Write(screen, 2);
        if (answer.Near.Select(near => near.Finding.Cause).Distinct().Count() == 1 && answer.Near.Count > 1)
        {
            screen.Blank();
            screen.Paragraph(0, screen.T("All of them broke for the same cause: {0}", $"tcpwhy explain {answer.Near[0].Finding.Cause}"));
        }
    }

    /// <summary>Why a connection is near: what of it the line names, and how far its time is.</summary>
    public static string Why(Candidate near, Screen screen)
    {
        List<string> why = [];
        if (near is { Client: EndMatch.Exact, Server: EndMatch.Exact })
        {
            why.Add(screen.T("the client and the server that the line names"));
        }
        else
        {
            string? client = near.Client switch
            {
                EndMatch.Exact => "the client that the line names",
                EndMatch.Port => "the client's port",
                EndMatch.Address => "the client's address",
                EndMatch.OtherPort => "the client's address with another port",
                _ => null,
            };
            string? server = near.Server switch
            {
                EndMatch.Exact => "the server that the line names",
                EndMatch.Port => "the server's port",
                EndMatch.Address => "the server's address",
                EndMatch.OtherPort => "the server's address with another port",
                _ => null,
            };
            if (client is not null)
                why.Add(screen.T(client));
            if (server is not null)
                why.Add(screen.T(server));
        }
        if (near.Offset is { } offset)
        {
            why.Add(offset == TimeSpan.Zero ? screen.T("at its time")
                : offset > TimeSpan.Zero ? screen.T("{0} after its time", Measure.Of(offset)) : screen.T("{0} before its time", Measure.Of(-offset)));
            if (near.AsUtc)
                why.Add(screen.T("if that is UTC"));
        }
        return string.Join(", ", why);
    }

    private static string When(Example one) => $"{Measure.Date(one.Time)} {Measure.Clock(one.Time)}";
}
