using Tcpwhy.Cli.Ui;

namespace Tcpwhy.Cli.Configuration;

/// <summary>The section alerts of the configuration's template, every key commented out.</summary>
internal static class AlertTemplate
{
    public static void Write(Screen screen)
    {
        screen.Blank();
        screen.Line("# ", screen.T("Alerts of 'tcpwhy watch': what is one, and who is told. Try receivers with 'tcpwhy config test-alerts'."));
        screen.Line(AlertKey.Section, ":");
        Write(screen, "  ", AlertKey.Own);
        screen.Line("  # ", screen.T("Rules of your own, by their names; a rule that always is, as max-connections or any-cause, is changed or turned off by its name."));
        screen.Line("  ", AlertKey.Rules, ":");
        screen.Line("    failing:");
        Write(screen, "      ", AlertKey.OfRule);
        screen.Line("    many-fail:");
        Example(screen, "when: error-rate", "warning: 10%");
        Write(screen, "      ", AlertKey.AtLeast);
        screen.Line("  # ", screen.T("Who is told, by names of your own. What a receiver cannot take is kept on disk and sent again."));
        screen.Line("  ", AlertKey.Receivers, ":");
        screen.Line("    oncall:");
        Write(screen, "      ", [.. AlertKey.OfReceiver.Where(key => key.Name is "to" or "url" or "header" or "ca")]);
        screen.Line("    chat:");
        Example(screen, "to: slack", "url: https://hooks.slack.com/services/T0/B0/secret");
        Write(screen, "      ", [.. AlertKey.OfReceiver.Where(key => key.Name is "url-file")]);
        screen.Line("    bot:");
        Example(screen, "to: webhook", "url: https://bot.example/alerts");
        Write(screen, "      ", [.. AlertKey.OfReceiver.Where(key => key.Name is "body" or "severity" or "lang" or "resolved")]);
        screen.Line("    log:");
        Example(screen, "to: file");
        Write(screen, "      ", [.. AlertKey.OfReceiver.Where(key => key.Name is "path")]);
        screen.Line("    journal:");
        Example(screen, "to: journal");
    }

    private static void Write(Screen screen, string indent, params ReadOnlySpan<AlertKey> keys)
    {
        foreach (AlertKey key in keys)
        {
            screen.Line(indent, "# ", screen.T(key.Description));
            screen.Line(indent, "#", key.Name, ": ", key.Example);
        }
    }

    private static void Example(Screen screen, params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
            screen.Line("      #", line);
    }
}
