using Tcpwhy.Kernel.Proc;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Proc;

public class ContainerIdTests
{
    private const string Id = "3f4e0a6c1b2d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccdde";
    private const string Outer = "9999999999994e5f60718293a4b5c6d7e8f90112233445566778899aabbccdde";

    [Theory]
    [InlineData("/docker/" + Id)]
    [InlineData("/system.slice/docker-" + Id + ".scope")]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope")]
    [InlineData("/kubepods/burstable/pod0f1e2d3c-aaaa-bbbb-cccc-0123456789ab/" + Id)]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0f1e2d3c_aaaa.slice/cri-containerd-" + Id + ".scope")]
    [InlineData("/kubepods.slice/kubepods-pod0f1e.slice:cri-containerd:" + Id)]
    [InlineData("/kubepods.slice/kubepods-pod0f1e.slice/crio-" + Id + ".scope")]
    [InlineData("/docker/" + Outer + "/kubelet/kubepods/pod1/" + Id)]
    [InlineData("/docker/" + Id + "/init.scope")]
    public void Finds_the_innermost_container(string path) => Assert.Equal("3f4e0a6c1b2d", ContainerId.FromCgroup(path));

    [Theory]
    [InlineData(null)]
    [InlineData("/")]
    [InlineData("/system.slice/nginx.service")]
    [InlineData("/user.slice/user-1000.slice/session-3.scope")]
    [InlineData("/process_api/aafbde96db53e283b8c98b68a8d92f7d")]
    [InlineData("/machine.slice/libpod-conmon-" + Id + "0.scope")]
    public void Slices_are_no_containers(string? path) => Assert.Null(ContainerId.FromCgroup(path));
}
