using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Answers to uploads are destroyed by the reset that follows them.</summary>
internal sealed class LingeringCloseOff : Rule
{
    public override string Id => "lingering-close-off";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "server-close-unread";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective line in nginx.Root.Within("lingering_close"))
            {
                if (line[0] == "off")
                {
                    yield return At(line, new Phrase("'{0}' closes with part of an upload unread: the kernel's reset destroys the answer (413, 401) on its way", "lingering_close off"),
                        Edit.Replace(line, "lingering_close on;"));
                }
            }
        }
    }
}
