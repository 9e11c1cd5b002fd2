"""The installed program does its work from anywhere: templates and migrations came along."""


def test_from_an_empty_folder_to_a_published_page(installed, tmp_path):
    def duckrow(*arguments):
        return installed.duckrow(*arguments, cwd=tmp_path, PAGE_NAME="Example")

    assert "incident" in duckrow("--help")
    duckrow("db", "upgrade")
    assert (tmp_path / "duckrow.db").exists()
    duckrow("components", "add", "www", "Home page")
    said = duckrow("incident", "open", "www=down", "Site outage | We are looking into it.")
    assert "#1" in said
    page = (tmp_path / "public/index.html").read_text()
    assert "Site outage" in page
    assert "We are looking into it." in page
