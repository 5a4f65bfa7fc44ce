using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>What a search for the path's MTU found, and what to change where packets vanish.</summary>
internal static class MtuText
{
    public static void Write(ProbeResult result, Screen screen)
    {
        AddressResult[] measured = [.. result.Addresses.Where(address => address.Mtu is not null)];
        if (measured.Length == 0)
            return;
        screen.Blank();
        screen.Line(new Piece(screen.T("Size of packets"), Ink.Bold));
        foreach (AddressResult address in measured)
        {
            screen.Line("  ", new Piece(address.Address.Address.ToString(), Ink.Bold));
            Direction(screen.T("there"), address.Mtu!.There, screen);
            Direction(screen.T("back"), address.Mtu.Back, screen);
        }
        if (measured.FirstOrDefault(address => address.Mtu!.IsBlackHole) is { Mtu: { } hole } broken)
            Remedy(broken, hole, screen);
    }

    /// <summary>The black hole in a phrase for the verdict.</summary>
    public static string Verdict(MtuResult mtu, Screen screen)
    {
        MtuDirection hole = mtu.There.Outcome == MtuOutcome.BlackHole ? mtu.There : mtu.Back;
        bool both = mtu.There.Outcome == mtu.Back.Outcome;
        string size = Measure.Number(hole.PassingBytes);
        return both ? screen.T("{0}: packets of more than {1} bytes vanish in both directions", MtuResult.BlackHoleCause, size)
            : ReferenceEquals(hole, mtu.There) ? screen.T("{0}: packets of more than {1} bytes vanish on the way there", MtuResult.BlackHoleCause, size)
            : screen.T("{0}: packets of more than {1} bytes vanish on the way back", MtuResult.BlackHoleCause, size);
    }

    private static void Direction(string name, MtuDirection direction, Screen screen)
    {
        (string mark, Ink ink, string words) = direction.Outcome switch
        {
            MtuOutcome.Passes when direction.ToldByRouter => ("✓", Ink.Green, screen.T("{0} bytes pass; a router told us its smaller MTU, as it should", Measure.Number(direction.PassingBytes))),
            MtuOutcome.Passes => ("✓", Ink.Green, screen.T("packets up to {0} bytes were seen to pass", Measure.Number(direction.PassingBytes))),
            MtuOutcome.BlackHole when direction.Retransmits > 0 => ("✗", Ink.Red, screen.T("{0} bytes pass; {1} and more vanish without a word from any router, and were sent again {2} times in vain",
                Measure.Number(direction.PassingBytes), Measure.Number(direction.VanishingBytes), Measure.Number(direction.Retransmits))),
            MtuOutcome.BlackHole => ("✗", Ink.Red, screen.T("{0} bytes pass; {1} and more vanish, and with them the answer", Measure.Number(direction.PassingBytes), Measure.Number(direction.VanishingBytes))),
            MtuOutcome.Stalls => ("✗", Ink.Red, screen.T("nothing arrives, small packets no more than large ones: the size is not the reason")),
            _ => ("·", Ink.Dim, screen.T("not tested")),
        };
        screen.Paragraph(4, 2, new Piece(mark, ink), " ", name, ": ", words);
    }

    private static void Remedy(AddressResult address, MtuResult mtu, Screen screen)
    {
        string size = $"{mtu.PassingBytes}";
        screen.Blank();
        screen.Line("  ", new Piece(screen.T("Do this"), Ink.Bold));
        Arrow(screen.T("Let ICMP \"fragmentation needed\" (type 3 code 4; IPv6: packet too big) through every firewall on the path: a router that cannot forward a packet says so with it."));
        Arrow(screen.T("Where a tunnel or VPN begins, clamp the MSS: nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu"));
        Arrow(screen.T("Until then, on this host: ip route add {0} via GATEWAY mtu lock {1}, or let TCP find the size by itself: sysctl net.ipv4.tcp_mtu_probing=1", address.Address.Address, size));

        void Arrow(string text) => screen.Paragraph(4, 2, new Piece("→", Ink.Green), " ", text);
    }
}
