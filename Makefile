.DEFAULT_GOAL := help
.PHONY: help run test check format migration image

PROVIDERS := Sqlite PostgreSql SqlServer

help: ## What can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: ## The server with the demo on http://localhost:5080
	dotnet run --project src/IdentityProvider.Host

test: ## Everything CI checks; installs on Debian what they need (ARGS="--filter Clients" for some tests)
	bash tests/run $(ARGS)

check: ## The fast gates: build without warnings, format, no pending model changes
	dotnet tool restore
	dotnet build -warnaserror -v q
	dotnet format --verify-no-changes --no-restore
	@for provider in $(PROVIDERS); do \
	  dotnet ef migrations has-pending-model-changes --no-build --project migrations/$$provider || exit 1; done

format: ## Puts the code into the house style
	dotnet format

migration: ## A migration for all three databases: make migration NAME=AddNotes
	@test -n "$(NAME)" || { echo "Give it a name: make migration NAME=AddNotes"; exit 2; }
	dotnet tool restore
	@for provider in $(PROVIDERS); do \
	  dotnet ef migrations add "$(NAME)" --project migrations/$$provider || exit 1; done

image: ## The container image, identityprovider:dev
	docker build -t identityprovider:dev .
