using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public sealed class ResolverTests : IDisposable
{
    private readonly DirectoryInfo _etc = Directory.CreateTempSubdirectory("tcpwhy-etc-");

    [Fact]
    public void A_name_in_hosts_is_looked_up_there()
    {
        Write("hosts", "# db.example\n127.0.0.1 localhost\n10.0.0.9\tdb  DB.Example # ours\n");
        Write("resolv.conf", "nameserver 10.0.0.2\n");
        Assert.Equal("/etc/hosts", Resolver.Source("db.example", _etc.FullName));
    }

    [Fact]
    public void Other_names_are_asked_of_the_servers()
    {
        Write("hosts", "# db.example\n");
        Write("resolv.conf", "search example\nnameserver 10.0.0.2\nnameserver fd00::53 # second\n");
        Assert.Equal("/etc/resolv.conf: 10.0.0.2, fd00::53", Resolver.Source("db.example", _etc.FullName));
    }

    [Fact]
    public void Missing_files_are_no_error() => Assert.Equal("/etc/resolv.conf", Resolver.Source("db.example", _etc.FullName));

    public void Dispose() => _etc.Delete(recursive: true);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_etc.FullName, file), text);
}
