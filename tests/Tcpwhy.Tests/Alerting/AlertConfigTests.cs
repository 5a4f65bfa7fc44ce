using System.CommandLine;
using Tcpwhy.Alerting;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Configuration;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public sealed class AlertConfigTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy");

    [Fact]
    public void Without_a_word_the_usual_rules_hold_and_nobody_is_told() => Assert.Same(AlertPlan.Usual, Plan(""));

    [Fact]
    public void Rules_and_receivers_are_as_configured()
    {
        AlertPlan plan = Plan("""
            alerts:
              max_connections: 500
              connection-rate-threshold: off
              headroom: 70%
              for: 10s
              rules:
                unread:
                  when: server-close-unread
                  warning: 20/5m
                  clear: 3/5m
                  for: 0s
                  repeat: 1h
                max-connections:
                  critical: 600
                any-cause: off
                error-rate-threshold:
                  warning: 1%
                  at-least: 100
              receivers:
                oncall:
                  to: alertmanager
                  url: https://am.example/
                  header: ["X-Scope: ops", "Authorization: Bearer t0ken"]
                  severity: critical
                  lang: ko
                chat:
                  to: slack
                  url-file: /etc/tcpwhy/slack.url
                  resolved: false
                bot:
                  to: webhook
                  url: http://bot.example/hook
                  body: '{"text": "{{summary}}"}'
                log:
                  to: file
                  path: /var/log/tcpwhy.ndjson
                syslog:
                  to: journal
            """);

        AlertRule connections = Rule(plan, "max-connections"), unread = Rule(plan, "unread"), ports = Rule(plan, "ephemeral-ports");
        Assert.Equal((500.0, 600.0, 10.0), (connections.Warning, connections.Critical, connections.For.TotalSeconds));
        Assert.Equal((20.0, null, 3.0, 300.0, 0.0, 3600.0), (unread.Warning, unread.Critical, unread.Clear, unread.Window.TotalSeconds, unread.For.TotalSeconds, unread.Repeat.TotalSeconds));
        Assert.Equal((0.7, 0.95), (ports.Warning, ports.Critical));
        Assert.Equal((0.01, 100), (Rule(plan, "error-rate-threshold").Warning, Rule(plan, "error-rate-threshold").AtLeast));
        Assert.DoesNotContain(plan.Rules, rule => rule.Name is "any-cause" or "connection-rate-threshold");
        Assert.Equal((500, 0.7), (plan.Thresholds.MaxConnections, plan.Thresholds.Headroom));
        Assert.Equal(["oncall Alertmanager", "chat Slack", "bot Webhook", "log File", "syslog Journal"], plan.Receivers.Select(one => $"{one.Name} {one.Kind}"));
        Assert.Equal((Severity.Critical, Language.Korean, "X-Scope", "Bearer t0ken"), (plan.Receivers[0].Least, plan.Receivers[0].Language, plan.Receivers[0].Headers[0].Key, plan.Receivers[0].Headers[1].Value));
        Assert.False(plan.Receivers[1].Resolved);
        Assert.NotNull(plan.Receivers[2].Body);
    }

    [Fact]
    public void The_example_of_README_is_right() =>
        Assert.Equal(["oncall", "chat", "log"], Plan(File.ReadAllText(Path.Combine(Golden.Repository, "samples/alerts.yaml"))).Receivers.Select(receiver => receiver.Name));

    [Fact]
    public void A_threshold_above_the_usual_critical_one_takes_that_along() =>
        Assert.Equal(0.3, Rule(Plan("alerts:\n  rules:\n    error-rate-threshold:\n      warning: 30%\n"), "error-rate-threshold").Critical);

    [Theory]
    [InlineData("max-conections: 5", ":2: unknown key 'alerts.max-conections'; did you mean 'alerts.max-connections'?")]
    [InlineData("max-connections: many", ":2: alerts.max-connections: takes a number, as 1000, not 'many'")]
    [InlineData("error-rate-threshold: 5", ":2: alerts.error-rate-threshold: takes a share, as 0.05 or 5%, not '5'")]
    [InlineData("for: 5", ":2: alerts.for: takes a duration as 500ms, 30s, 5m or 2h, not '5'")]
    [InlineData("rules: 3", ":2: 'alerts.rules' is a section: keys belong below it, as NAME with when and warning")]
    [InlineData("ruls:\n    a:\n      when: x", ":4: unknown key 'alerts.ruls.a.when'; did you mean 'rules'?")]
    [InlineData("rules:\n    unread:\n      when: server-close-unraed", ":4: alerts.rules.unread.when: there is no 'server-close-unraed' to watch; did you mean 'server-close-unread'?")]
    [InlineData("rules:\n    unread:\n      wen: server-close-unread", ":4: unknown key 'alerts.rules.unread.wen'; did you mean 'alerts.rules.unread.when'?")]
    [InlineData("rules:\n    unread:\n      warning: 5/min", ":4: alerts.rules.unread does not say when: a cause or a signal, as when: server-close-unread")]
    [InlineData("rules:\n    unread:\n      when: server-close-unread", ":4: alerts.rules.unread has neither warning nor critical, as warning: 5/min")]
    [InlineData("rules:\n    unread:\n      when: server-close-unread\n      warning: 5/2h", ":5: alerts.rules.unread.warning: takes a number in a time of at most 1h, as 5/min or 20/5m, not '5/2h'")]
    [InlineData("rules:\n    unread:\n      when: server-close-unread\n      warning: 5/min\n      critical: 4/min", ":6: alerts.rules.unread.critical: it is below the warning (5/min)")]
    [InlineData("rules:\n    unread:\n      when: server-close-unread\n      warning: 5/min\n      critical: 50/5m", ":6: alerts.rules.unread.critical: it counts within another time than the rule's first threshold; write both with the same")]
    [InlineData("rules:\n    unread:\n      when: server-close-unread\n      warning: 5/min\n      clear: 6/min", ":6: alerts.rules.unread.clear: it is above the threshold")]
    [InlineData("rules:\n    Un read:\n      when: failures", ":4: a name has small letters, digits and - between them, at most 40, not 'Un read'")]
    [InlineData("rules:\n    any-caus: off", ":3: there is no rule 'any-caus' to be off; did you mean 'any-cause'?")]
    [InlineData("rules:\n    max-connections:\n      when: time-wait", ":4: alerts.rules.max-connections.when: the rule 'max-connections' watches connections; give another rule another name")]
    [InlineData("receivers:\n    chat:\n      to: slak\n      url: http://x/", ":4: alerts.receivers.chat.to: takes alertmanager, slack, webhook, file, journal, not 'slak'")]
    [InlineData("receivers:\n    chat:\n      to: slack", ":4: alerts.receivers.chat needs one of url and url-file")]
    [InlineData("receivers:\n    chat:\n      url: http://x/", ":4: alerts.receivers.chat does not say to whom: to: alertmanager, slack, webhook, file or journal")]
    [InlineData("receivers:\n    chat:\n      to: slack\n      url: hooks.slack.com/SECRET", ":5: alerts.receivers.chat.url: takes an address as https://host/path")]
    [InlineData("receivers:\n    log:\n      to: file\n      path: alerts.ndjson", ":5: alerts.receivers.log.path: takes a whole path, that begins with /, not 'alerts.ndjson'")]
    [InlineData("receivers:\n    log:\n      to: file\n      path: /a\n      url: http://x/", ":6: alerts.receivers.log.url: it is for receivers to alertmanager, slack or webhook")]
    [InlineData("receivers:\n    bot:\n      to: webhook\n      url: http://x/\n      body: '{{sumary}}'", ":6: alerts.receivers.bot.body: there is no place {{sumary}}; did you mean 'summary'?")]
    [InlineData("receivers:\n    bot:\n      to: webhook\n      url: http://x/\n      header: SECRET", ":6: alerts.receivers.bot.header: takes a header as 'Authorization: Bearer …'")]
    [InlineData("receivers:\n    bot:\n      to: webhook\n      url: [a, b]", ":5: 'alerts.receivers.bot.url' takes one value, not a list")]
    [InlineData("receivers:\n    bot:\n      to:\n        deeper:\n          still: 1", ":5: a plain value is expected")]
    public void What_is_wrong_is_told_with_its_line(string yaml, string complaint)
    {
        string file = Written($"alerts:\n  {yaml}\n");
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {file}{complaint}\n"), Of([file], [], "config", "check"));
    }

    [Fact]
    public void Thresholds_can_be_set_by_variables()
    {
        Assert.Contains("alerts.max-connections 7 TCPWHY_ALERTS_MAX_CONNECTIONS", Squeezed(Of([], [("TCPWHY_ALERTS_MAX_CONNECTIONS", "7")], "config", "show").Out), StringComparison.Ordinal);
        Assert.Equal("tcpwhy: TCPWHY_ALERTS_MAX_CONECTIONS: no such setting; did you mean 'TCPWHY_ALERTS_MAX_CONNECTIONS'?\n", Of([], [("TCPWHY_ALERTS_MAX_CONECTIONS", "7")], "config", "show").Error);
    }

    [Fact]
    public void No_secret_is_shown()
    {
        string file = Written("alerts:\n  receivers:\n    chat:\n      to: slack\n      url: https://user:SECRET@hooks.slack.com/services/SECRET\n      header: 'X-Key: SECRET'\n");
        foreach (string format in (string[])["text", "json"])
        {
            Run run = Of([file], [], "config", "show", "--format", format);
            Assert.Equal(ExitCode.Done, run.Status);
            Assert.Contains("https://hooks.slack.com/…", run.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("SECRET", run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_test_alert_is_sent_to_each_receiver()
    {
        await using Hook hook = new(Hook.Ok), broken = new("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
        string file = Written($"alerts:\n  receivers:\n    good:\n      to: webhook\n      url: {hook.Address}\n    bad:\n      to: slack\n      url: {broken.Address}\n");

        Assert.Equal(new Run(ExitCode.Unreachable, "✓ good: has taken it\n✗ bad: it answered 500\n", ""), Of([file], [], "config", "test-alerts"));
        Assert.Equal("a test of tcpwhy, nothing is wrong: 1, over 0", hook.Document(0).GetProperty("summary").GetString());
        Assert.Equal(ExitCode.Usage, Of([], [], "config", "test-alerts").Status);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static AlertRule Rule(AlertPlan plan, string name) => plan.Rules.Single(rule => rule.Name == name);

    private AlertPlan Plan(string yaml)
    {
        using StringWriter nowhere = new();
        Session session = new() { Out = nowhere, Error = nowhere };
        RootCommand root = new("test") { new ConfigCommand(session) };
        return Config.Read(root, new ConfigSources([Written(yaml)], [])).Alerts;
    }

    private string Written(string yaml)
    {
        string path = Path.Combine(_directory.FullName, "config.yaml");
        File.WriteAllText(path, yaml);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static string Squeezed(string table) => System.Text.RegularExpressions.Regex.Replace(table, " +", " ");

    private static Run Of(string[] files, (string Name, string Value)[] variables, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        Session session = new()
        {
            Out = output,
            Error = error,
            Variable = _ => null,
            Configuration = new ConfigSources(files, [.. variables.Select(one => KeyValuePair.Create(one.Name, one.Value))]),
        };
        int status = CommandLine.Run(session, arguments, new ConfigCommand(session));
        return new Run(status, output.ToString(), error.ToString());
    }
}
