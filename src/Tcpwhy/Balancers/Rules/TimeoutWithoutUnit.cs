using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>A timeout of a few milliseconds that was meant in seconds.</summary>
internal sealed class TimeoutWithoutUnit : Rule
{
    public override string Id => "timeout-without-unit";

    public override Severity Severity => Severity.Critical;

    public override string? Cause => "lb-timeout-server";

    private const int Fewest = 1000;

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection section in chain.Haproxy?.Sections ?? [])
        {
            foreach (HaproxyLine line in section.Lines)
            {
                // 100 and more may be meant for connect, check and the like.
                if (line[0] == "timeout" && line.Count(2) is { } number and > 0 && number < (line[1] is "client" or "server" or "tunnel" or "http-keep-alive" or "http-request" ? Fewest : 100))
                    yield return At(line, new Phrase("'{0}' without a unit is {1} milliseconds", $"timeout {line[1]} {line[2]}", line[2]), Edit.Replace(line, $"timeout {line[1]} {line[2]}s"));
            }
        }
    }
}
